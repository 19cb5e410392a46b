// SPDX-License-Identifier: Apache-2.0
// check(): an entity against its model, and against what no broker takes.
#include <algorithm>
#include <cmath>

#include "core/ascii.h"
#include "core/json_text.h"
#include "core/log.h"
#include "core/suggest.h"
#include "core/timestamp.h"
#include "model/catalogue.h"
#include "model/geometry.h"

namespace lamppost::model {
namespace {

using Reason = std::optional<std::string>;

constexpr int kMaxDepth = 32;           // of a value; deeper ones exhaust somebody's stack
constexpr std::size_t kMaxListed = 12;  // enum values in a reason
constexpr double kMaxExact = 0x1.0p53;  // beyond it a double is no longer one certain integer
constexpr std::size_t kMaxUriSize = 2048;
// Of an id, so that a longer one points at nothing: the lowest limit among the brokers.
constexpr std::size_t kMaxTargetSize = 256;

// A value as a reason shows it: short, and harmless in a log.
std::string shown(const Json& value) {
  if (value.is_string()) return '"' + printable(value.get_ref<const std::string&>(), 60) + '"';
  if (value.is_number_float()) return number_text(value.get<double>());
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  return value.dump();
}

std::string listed(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (std::size_t i = 0; i < words.size() && i < kMaxListed; ++i)
    (text += i == 0 ? std::string_view() : between) += words[i];
  return words.size() > kMaxListed ? text + ", ..." : text;
}

bool is_integer(const Json& value) {
  if (value.is_number_integer()) return true;
  if (!value.is_number_float()) return false;
  const double number = value.get<double>();
  return std::trunc(number) == number && std::abs(number) <= kMaxExact;
}

// RFC 3986 without ';', which Orion-LD's alphabet for URIs lacks.
bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  if (text.size() > kMaxUriSize || !is_alphanumeric(text[0]) || text[0] <= '9') return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alphanumeric(c) ||
           std::string_view("-._~:/?#[]@!$&'()*+,=%").find(c) != std::string_view::npos;
  });
}

bool is_text(const Json& value) { return value.is_string(); }

bool is_uri_text(const Json& value) {
  return value.is_string() && is_uri(value.get_ref<const std::string&>());
}

bool is_date_time(const Json& value) {
  if (!value.is_object() || value.size() != 2) return false;
  const auto type = value.find("@type"), text = value.find("@value");
  if (type == value.end() || text == value.end() || *type != "DateTime" || !text->is_string())
    return false;
  const auto& moment = text->get_ref<const std::string&>();
  return moment.ends_with('Z') && parse_rfc3339(moment).has_value();
}

// A typed value ({"@type":..,"@value":..}) means its text to every reader of JSON-LD.
bool is_plain_object(const Json& value) { return value.is_object() && !value.contains("@value"); }

struct TypeRule {
  JsonType type;
  bool (*holds)(const Json&);
  const char* noun;  // completes "... is not"
};

constexpr TypeRule kTypeRules[] = {
    {JsonType::kNumber, [](const Json& value) { return value.is_number(); }, "a number"},
    {JsonType::kInteger, is_integer, "an integer"},
    {JsonType::kString, is_text, "a string"},
    {JsonType::kUri, is_uri_text, "a URI"},
    {JsonType::kBoolean, [](const Json& value) { return value.is_boolean(); }, "true or false"},
    {JsonType::kObject, is_plain_object, "a plain object"},
    {JsonType::kArray, [](const Json& value) { return value.is_array(); }, "an array"},
    {JsonType::kDateTime, is_date_time, "a DateTime with a UTC instant"},
};

Reason check_type(JsonType type, const Json& value) {
  for (const auto& rule : kTypeRules)
    if (rule.type == type && !rule.holds(value)) return shown(value) + " is not " + rule.noun;
  return std::nullopt;
}

// What no broker takes, whatever the model says.
Reason check_sendable(const Json& value, int depth = 0) {
  if (value.is_null()) return "null cannot be sent";
  if (value.is_number_float() && !std::isfinite(value.get<double>()))
    return "a number that is not finite cannot be sent";
  if (value.is_string() && value.get_ref<const std::string&>() == "urn:ngsi-ld:null")
    return "\"urn:ngsi-ld:null\" cannot be sent: it means deletion";
  if (!value.is_structured()) return std::nullopt;
  if (value.is_array() && value.empty()) return "an empty array cannot be sent";
  if (depth == kMaxDepth) return "nested deeper than " + std::to_string(kMaxDepth) + " levels";
  for (const auto& item : value)
    if (auto reason = check_sendable(item, depth + 1)) return reason;
  return std::nullopt;
}

Reason check_range(const AttributeModel& model, const Json& value) {
  const double number = value.get<double>();
  if (std::find(model.also.begin(), model.also.end(), number) != model.also.end())
    return std::nullopt;
  if (model.min && number < *model.min)
    return shown(value) + " is below the minimum " + number_text(*model.min);
  if (model.max && number > *model.max)
    return shown(value) + " is above the maximum " + number_text(*model.max);
  return std::nullopt;
}

Reason check_word(const AttributeModel& model, const Json& value) {
  if (model.values.empty()) return std::nullopt;
  const auto& word = value.get_ref<const std::string&>();
  if (std::find(model.values.begin(), model.values.end(), word) != model.values.end())
    return std::nullopt;
  return shown(value) + " is not one of " + listed(model.values, ", ");
}

bool is_constrained(const AttributeModel& model) {
  return model.min || model.max || !model.values.empty();
}

Reason check_scalar(const AttributeModel& model, const Json& value) {
  if (value.is_number()) return check_range(model, value);
  if (value.is_string()) return check_word(model, value);
  if (model.type == JsonType::kAny && is_constrained(model))
    return shown(value) + " is neither a string nor a number";
  return std::nullopt;
}

std::optional<Violation> violation(const AttributeModel& model, Reason reason) {
  if (!reason) return std::nullopt;
  return Violation{'/' + model.name, std::move(*reason)};
}

std::optional<Violation> check_items(const AttributeModel& model, const Json& items) {
  for (auto item = items.begin(); item != items.end(); ++item) {
    Reason reason = check_type(model.item, *item);
    if (!reason && item->is_string()) reason = check_word(model, *item);
    // Most schemas with a list of words say uniqueItems; a word said twice says nothing new.
    if (!reason && !model.values.empty() && std::find(items.begin(), item, *item) != item)
      reason = shown(*item) + " is there twice";
    if (reason)
      return Violation{'/' + model.name + '/' + std::to_string(item - items.begin()), *reason};
  }
  return std::nullopt;
}

Reason check_unit(const AttributeModel& model, const std::string& unit) {
  if (unit.empty()) return std::nullopt;
  if (model.kind != AttributeKind::kProperty) return "only a Property carries a unit";
  const bool measurable = model.type == JsonType::kNumber || model.type == JsonType::kInteger ||
                          model.type == JsonType::kAny || model.type == JsonType::kArray;
  if (!measurable) return "only a number carries a unit, this has unitCode " + shown(Json(unit));
  if (model.unit.empty() || unit == model.unit) return std::nullopt;
  const auto& others = model.other_units;
  if (std::find(others.begin(), others.end(), unit) != others.end()) return std::nullopt;
  std::vector<std::string> expected{model.unit};
  expected.insert(expected.end(), others.begin(), others.end());
  return "unitCode " + shown(Json(unit)) + " is not " + listed(expected, " or ");
}

std::optional<Violation> check_property(const AttributeModel& model, const Json& value) {
  if (auto reason = check_type(model.type, value)) return violation(model, reason);
  if (auto reason = check_sendable(value)) return violation(model, reason);
  if (model.type == JsonType::kArray) return check_items(model, value);
  return violation(model, check_scalar(model, value));
}

constexpr const char* name_of(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::kProperty:
      return "a Property";
    case AttributeKind::kRelationship:
      return "a Relationship";
    case AttributeKind::kGeoProperty:
      return "a GeoProperty";
  }
  return "";
}

std::optional<Violation> check_attribute(const AttributeModel& model, const Attribute& attribute) {
  if (attribute.kind != model.kind)
    return violation(model,
                     name_of(attribute.kind) + std::string(" is here, not ") + name_of(model.kind));
  if (auto reason = check_unit(model, attribute.unit_code)) return violation(model, reason);
  switch (model.kind) {
    case AttributeKind::kRelationship:
      if (auto reason = check_type(JsonType::kUri, attribute.value))
        return violation(model, reason);
      if (attribute.value.get_ref<const std::string&>().size() > kMaxTargetSize)
        return violation(model, "the target has more than 256 characters");
      return violation(model, check_sendable(attribute.value));
    case AttributeKind::kGeoProperty:
      if (auto reason = check_geometry(attribute.value)) return violation(model, reason);
      return violation(model, check_sendable(attribute.value));
    case AttributeKind::kProperty:
      break;
  }
  return check_property(model, attribute.value);
}

bool has(const EntityUpdate& update, const std::string& name) {
  return std::any_of(update.attributes.begin(), update.attributes.end(),
                     [&](const Attribute& attribute) { return attribute.name == name; });
}

std::optional<Violation> check_required(const EntityModel& model, const EntityUpdate& update) {
  for (const auto& attribute : model.attributes)
    if (attribute.required && !has(update, attribute.name))
      return Violation{"", attribute.name + " is required and missing"};
  return std::nullopt;
}

// RFC 6901, 3: "~" and "/" are escaped. Names of a model need none of this.
std::string pointer_to(std::string_view name) {
  std::string pointer = "/";
  for (const char c : name) {
    if (c == '~' || c == '/')
      pointer += c == '~' ? "~0" : "~1";
    else
      pointer += c;
  }
  return pointer;
}

Violation unknown_attribute(const EntityModel& model, const std::string& name) {
  std::string reason = "\"" + printable(name, 60) + "\" is not an attribute of " + model.type;
  if (const auto hint = suggest(name, model.attribute_names()); !hint.empty())
    reason += "; " + hint;
  return {pointer_to(name), std::move(reason)};
}

}  // namespace

std::optional<Violation> check_value(const AttributeModel& model, const Json& value) {
  return check_attribute(model, Attribute{model.name, model.kind, value, "", std::nullopt});
}

std::optional<Violation> check(const EntityModel& model, const EntityUpdate& update) {
  if (update.type != model.type)
    return Violation{"/type", shown(Json(update.type)) + " is not " + model.type};
  if (auto found = check_required(model, update)) return found;
  std::vector<bool> seen(model.attributes.size());
  for (const auto& attribute : update.attributes) {
    const AttributeModel* known = model.find(attribute.name);
    if (known == nullptr) return unknown_attribute(model, attribute.name);
    if (auto found = check_attribute(*known, attribute)) return found;
    auto was_seen = seen[static_cast<std::size_t>(known - model.attributes.data())];
    if (was_seen) return violation(*known, "is there twice");
    was_seen = true;
  }
  return std::nullopt;
}

}  // namespace lamppost::model
