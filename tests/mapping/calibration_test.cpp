// SPDX-License-Identifier: Apache-2.0
#include "mapping/calibration.h"

#include "mapping_fixture.h"

using namespace lamppost;
using namespace lamppost::mapping;

namespace {

config::Calibration entry(std::vector<double> polynomial, std::optional<Timestamp> from = {},
                          const std::string& attribute = "temperature") {
  return {{}, here("s1"), here(attribute), from, std::move(polynomial)};
}

const Attribute& attribute_of(const Result<std::vector<Mapped>>& mapped, const char* name) {
  REQUIRE(mapped.ok());
  for (const auto& attribute : mapped->front().update.attributes)
    if (attribute.name == name) return attribute;
  FAIL(name);
  std::abort();
}

// A station s1 that says 68 degrees Fahrenheit, 20 degrees Celsius.
struct Calibrated : Setup {
  Result<std::vector<Mapped>> warm() {
    entity.attributes = {rule("temperature", "/t", "FAH"), rule("pm25", "/p")};
    return run(group({{"/t", 68, ""}, {"/p", 7, ""}}));
  }
};

}  // namespace

TEST_CASE(
    "calibration: the value is corrected in the unit in which it leaves, the raw one is kept") {
  Calibrated setup;
  setup.config.calibrations = {entry({-0.5, 1.1})};
  const auto mapped = setup.warm();
  const auto& temperature = attribute_of(mapped, "temperature");
  CHECK(temperature.value == 21.5);
  REQUIRE(temperature.details.size() == 1);
  CHECK(temperature.details[0].name == "rawValue");
  CHECK(temperature.details[0].value == 20);
  CHECK(temperature.details[0].unit_code == "CEL");
  CHECK(attribute_of(mapped, "pm25").details.empty());
  CHECK(ngsi_ld::to_json(mapped->front().update)
            .find(R"("temperature":{"type":"Property","value":21.5,"unitCode":"CEL",)"
                  R"("observedAt":"2026-03-01T12:00:00.000Z",)"
                  R"("rawValue":{"type":"Property","value":20,"unitCode":"CEL"}})") !=
        std::string::npos);
}

TEST_CASE("calibration: of several the latest that the time of the reading has reached holds") {
  Calibrated setup;
  setup.config.calibrations = {entry({1, 1}, Timestamp{kNoon.ms - 10}), entry({2, 1}, kNoon),
                               entry({3, 1}, Timestamp{kNoon.ms + 1}), entry({4, 1})};
  CHECK(attribute_of(setup.warm(), "temperature").value == 22);
  Calibrated before;
  before.config.calibrations = {entry({3, 1}, Timestamp{kNoon.ms + 1})};
  CHECK(attribute_of(before.warm(), "temperature").value == 20);
  CHECK(attribute_of(before.warm(), "temperature").details.empty());
}

TEST_CASE("calibration: another device's and another attribute's do not count") {
  Calibrated setup;
  auto other = entry({5, 1});
  other.device = here("s2");
  setup.config.calibrations = {other, entry({1, 2}, {}, "pm25")};
  const auto mapped = setup.warm();
  CHECK(attribute_of(mapped, "temperature").value == 20);
  CHECK(attribute_of(mapped, "pm25").value == 15);
}

TEST_CASE("calibration: a polynomial of a higher degree") {
  CHECK(calibrated(entry({1, 2, 3, 4}), 2) == 1 + 2 * 2 + 3 * 4 + 4 * 8);
}

TEST_CASE("calibration: what no mapping takes as a number from a payload is refused") {
  Calibrated setup;
  setup.config.calibrations = {entry({1, 1}, {}, "temprature")};
  setup.entity.attributes = {rule("temperature", "/t", "CEL")};
  const auto plan = setup.compiled();
  REQUIRE(plan != nullptr);
  check_calibrations(setup.config, {plan.get()}, setup.findings);
  REQUIRE(setup.findings.errors() == 1);
  CHECK(setup.findings.all()[0].hint == "did you mean \"temperature\"?");
}
