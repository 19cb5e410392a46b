// SPDX-License-Identifier: Apache-2.0
#include "core/units.h"

#include <doctest/doctest.h>

using namespace lamppost;

namespace {
double converted(double value, const char* from, const char* to) {
  REQUIRE(find_unit(from) != nullptr);
  REQUIRE(find_unit(to) != nullptr);
  REQUIRE(find_unit(from)->dimension == find_unit(to)->dimension);
  return convert(value, *find_unit(from), *find_unit(to));
}
}  // namespace

TEST_CASE("units: conversions that bite come out exact") {
  CHECK(converted(71.6, "FAH", "CEL") == 22);
  CHECK(converted(300.15, "KEL", "CEL") == 27);
  CHECK(converted(45, "P1", "C62") == 0.45);
  CHECK(converted(101325, "PAL", "A97") == 1013.25);
  CHECK(converted(520, "G42", "D10") == 0.052);
  CHECK(converted(36, "KMH", "MTS") == 10);
  CHECK(converted(1.5, "KWT", "WTT") == 1500);
  CHECK(converted(2, "L2", "MQH") == 0.12);
  CHECK(converted(12.5, "GQ", "GQ") == 12.5);
}

TEST_CASE("units: gas in ppb and mass per volume are different dimensions") {
  CHECK(find_unit("61")->dimension != find_unit("GQ")->dimension);
}

TEST_CASE("units: a code is found as written or not at all") {
  CHECK(find_unit("cel") == nullptr);
  CHECK(find_unit("") == nullptr);
  CHECK(find_unit("VA") == nullptr);  // Rec 20's VA is volt-ampere per kilogram
}

TEST_CASE("units: SenML symbols have Rec 20 codes that exist") {
  CHECK(unit_of_senml("Cel") == "CEL");
  CHECK(unit_of_senml("%RH") == "P1");
  CHECK(unit_of_senml("lat") == "");
}
