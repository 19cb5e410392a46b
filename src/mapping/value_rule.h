// SPDX-License-Identifier: Apache-2.0
// One attribute line of a mapping, compiled: from an observed value to a value of the model.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/finding.h"
#include "core/observation.h"
#include "core/result.h"
#include "core/units.h"
#include "model/catalogue.h"

namespace lamppost::mapping {

struct ValueRule {
  const model::AttributeModel* target = nullptr;
  std::vector<std::string> from;  // observation names, the first that is there wins
  std::optional<Unit> unit;       // of what arrives, when the mapping says so
  std::optional<Unit> leaving;    // what `unit` becomes
  double scale = 1, offset = 0;
  std::optional<int> decimals;
  std::optional<double> min, max;
  std::map<std::string, Json> map;
  std::optional<Json> otherwise;
  std::vector<Json> sentinel;
  std::optional<int> zone_minutes;                  // for attributes that are times
  const config::AttributeRule* distance = nullptr;  // with empty and full, or reference
  // With `derive`: the attributes it takes, in the order of `of`; `from` is empty then.
  std::vector<const model::AttributeModel*> inputs;
  const config::DeltaRule* delta = nullptr;
  const config::QualityRule* quality = nullptr;
  // Both or one of them: the value is worked out under complete(), not under apply().
  bool is_open() const { return delta != nullptr || quality != nullptr; }
};

// `rule` must outlive what is made of it. Findings name what does not fit the model: unknown unit,
// units of two dimensions, arithmetic on text.
ValueRule compile_rule(const config::AttributeRule& rule, const model::AttributeModel& target,
                       std::optional<int> zone_minutes, Findings& findings);

struct Value {
  Json value;
  std::string unit_code;         // of the value as it leaves
  std::optional<Json> raw = {};  // in the same unit, before calibration; absent without one
  double exact = 0;              // of a number: before it was rounded
};

// What is known about the sensor beside its reading; both may be null.
struct Circumstances {
  const config::Device* device = nullptr;
  const config::Calibration* calibration = nullptr;
};

// nullopt: the device says "no value" (null, sentinel, outside min..max). kMalformed: it says
// something that cannot be this attribute. `why` collects one line for --explain when not null.
Result<std::optional<Value>> apply(const ValueRule& rule, const Observation& seen,
                                   const Circumstances& circumstances, std::string* why = nullptr);

// The last steps of apply(), for a number that did not come as it is: of a counter its difference.
Result<std::optional<Value>> apply_to_number(const ValueRule& rule, const Observation& seen,
                                             double number, const Circumstances& circumstances,
                                             std::string* why);

// Whether the value is one of the list; numbers also as text.
bool is_listed(const std::vector<Json>& list, const Json& value);

// Whole numbers leave as integers: 3, not 3.0, which strict readers of "integer" refuse. Rounded
// when the rule says so.
Json as_leaving(const ValueRule& rule, double value);

bool is_numeric(const model::AttributeModel& target);

// A number from a JSON number or from text that is nothing but a number.
std::optional<double> to_number(const Json& value);

// Short text of a value: strings as they are, everything else as JSON.
std::string to_text(const Json& value);

// The typed form in which a date leaves: {"@type":"DateTime","@value":"2026-03-01T12:00:00.000Z"}.
Json date_time(Timestamp at);

}  // namespace lamppost::mapping
