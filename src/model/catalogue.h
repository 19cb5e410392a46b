// SPDX-License-Identifier: Apache-2.0
// The Smart Data Models Lamppost knows, as data: one TOML file a model in config/models. A model
// says what an entity of its type must hold; nothing that breaks it reaches a broker.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/entity_update.h"
#include "core/finding.h"

namespace lamppost::model {

enum class JsonType { kAny, kNumber, kInteger, kString, kBoolean, kObject, kArray, kDateTime };

// How an attribute gets its value when no mapping names it.
enum class Fill { kNone, kObservedAt, kPeriodStart, kPeriodEnd };

struct AttributeModel {
  std::string name;
  AttributeKind kind = AttributeKind::kProperty;
  JsonType type = JsonType::kAny;
  std::optional<double> min, max;   // inclusive
  std::vector<std::string> values;  // enum; empty = free
  JsonType item = JsonType::kAny;   // of kArray
  std::string unit;  // Rec 20 code in which the value leaves, "" = none or as it comes
  bool required = false;
  Fill fill = Fill::kNone;
};

struct EntityModel {
  std::string type, subject, version, context, sentence;
  std::vector<AttributeModel> attributes;  // in file order

  const AttributeModel* find(std::string_view attribute) const;  // nullptr when unknown
  std::vector<std::string> attribute_names() const;
};

// Where and why an entity breaks its model.
struct Violation {
  std::string pointer;  // RFC 6901 into the key-values form: "/relativeHumidity", "" for the entity
  std::string reason;   // "45 is above the maximum 1"
};

// nullopt when the entity may leave. The first violation in the order: required, then attributes as
// they come. Cost: linear in attributes, no allocation when all is well.
std::optional<Violation> check(const EntityModel& model, const EntityUpdate& update);

// Immutable after load; share by reference.
class Catalogue {
 public:
  // Reads every *.toml of the directories; a type found in an earlier directory wins.
  static Catalogue load(const std::vector<std::filesystem::path>& directories, Findings& findings);

  const EntityModel* find(std::string_view type) const;  // nullptr when unknown
  std::vector<std::string> types() const;                // sorted
  const std::map<std::string, EntityModel, std::less<>>& all() const { return models_; }

 private:
  std::map<std::string, EntityModel, std::less<>> models_;
};

}  // namespace lamppost::model
