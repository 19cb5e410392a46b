// SPDX-License-Identifier: Apache-2.0
#include "mapping/derive.h"

#include "mapping_fixture.h"

using namespace lamppost;
using namespace lamppost::mapping;
using doctest::Approx;

namespace {

config::AttributeRule fill(double empty, double full) {
  config::AttributeRule result;
  result.empty = config::Amount{empty, {}};
  result.full = config::Amount{full, {}};
  return result;
}

}  // namespace

TEST_CASE("derive: a share of the way from empty to full, cut to 0..1") {
  const auto bin = fill(2400, 400);
  CHECK(*from_distance(bin, 2400, nullptr) == 0);
  CHECK(*from_distance(bin, 400, nullptr) == 1);
  CHECK(*from_distance(bin, 1400, nullptr) == 0.5);
  CHECK(*from_distance(bin, 2500, nullptr) == 0);
  CHECK(*from_distance(bin, 20, nullptr) == 1);
  CHECK(*from_distance(fill(0, 12), 3, nullptr) == 0.25);  // a gauge that counts from the bottom
}

TEST_CASE("derive: a column of devices.csv says it for each device, or there is no value") {
  config::AttributeRule well;
  well.reference = config::Amount{0, here("top_mm")};
  config::Device device{"w1", "", std::nullopt, {{"top_mm", 5200}}};
  CHECK(*from_distance(well, 1200, &device) == 4000);
  device.statics.clear();
  CHECK_FALSE(from_distance(well, 1200, &device).has_value());
  CHECK_FALSE(from_distance(well, 1200, nullptr).has_value());
}

// WMO-No. 8 gives the formula; these are its values worked out apart from this program.
TEST_CASE("derive: the dew point by the Magnus formula") {
  CHECK(*dew_point_c(20, 0.5) == Approx(9.25517).epsilon(1e-6));
  CHECK(*dew_point_c(-10, 0.8) == Approx(-12.79689).epsilon(1e-6));
  CHECK(*dew_point_c(35, 0.95) == Approx(34.07689).epsilon(1e-6));
  CHECK(*dew_point_c(12.5, 1) == Approx(12.5));
}

TEST_CASE("derive: no dew point where the formula does not hold") {
  for (const auto& [temperature, humidity] :
       {std::pair{-45.1, 0.5}, {60.1, 0.5}, {20.0, 0.0}, {20.0, -0.1}, {20.0, 1.01}})
    CHECK_FALSE(dew_point_c(temperature, humidity).has_value());
}

TEST_CASE("derive: columns that are missing, hold words or say the same twice are found") {
  config::Devices devices;
  devices.file = here("devices.csv");
  devices.columns = {here("empty_mm"), here("full_mm")};
  devices.by_key["b1"] = {"b1", "", std::nullopt, {{"empty_mm", 2400}, {"full_mm", 2400}}};
  auto rule = fill(0, 0);
  rule.empty->column = here("empty_mm");
  rule.full->column = here("full_mm");
  Findings same;
  check_columns(rule, devices, same);
  REQUIRE(same.errors() == 1);
  CHECK(same.all()[0].text == "device b1: empty and full are the same distance");
  devices.by_key["b1"].statics["full_mm"] = "deep";
  Findings word;
  check_columns(rule, devices, word);
  REQUIRE(word.errors() == 1);
  CHECK(word.all()[0].text == "device b1, full_mm: is no number");
  rule.full->column = here("ful_mm");
  Findings missing;
  check_columns(rule, devices, missing);
  REQUIRE(missing.errors() == 1);
  CHECK(missing.all()[0].text == "devices.csv has no column \"ful_mm\"");
  CHECK(missing.all()[0].hint == "did you mean \"full_mm\"?");
}

TEST_CASE("plan: a dew point takes what leaves, in any order, and is absent when one is") {
  Setup setup;
  setup.entity.model = here("WeatherObserved");
  config::AttributeRule dew = rule("dewPoint", "");
  dew.from.clear();
  dew.derive = here("dew_point");
  dew.of = {here("temperature"), here("relativeHumidity")};
  dew.decimals = 2;
  setup.entity.attributes = {dew, rule("temperature", "/t", "FAH"),
                             rule("relativeHumidity", "/rh", "P1")};
  const auto mapped = setup.run(group({{"/t", 68, ""}, {"/rh", 50, ""}}));
  CHECK(only(mapped)["dewPoint"] == 9.26);
  for (const auto& attribute : (*mapped)[0].update.attributes)
    if (attribute.name == "dewPoint") {
      CHECK(attribute.unit_code == "CEL");
      CHECK(attribute.observed_at == kNoon);
    }
  CHECK_FALSE(only(setup.run(group({{"/t", 68, ""}}))).contains("dewPoint"));
}
