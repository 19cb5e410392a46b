// SPDX-License-Identifier: Apache-2.0
// The Smart Data Models Lamppost knows, as data: one TOML file a model in config/models. A model
// says what an entity of its type must hold; nothing that breaks it reaches a broker. The file
// format is described in model/model_file.h.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/entity_update.h"
#include "core/finding.h"
#include "core/units.h"

namespace lamppost::model {

// JSON's types and two strings of known form. kDateTime is sent as a typed value,
// {"@type":"DateTime","@value":"2026-03-01T12:00:00.000Z"}. kAny takes every type, but only strings
// and numbers once the attribute has `values`, `min` or `max`.
enum class JsonType {
  kAny,
  kNumber,
  kInteger,
  kString,
  kUri,
  kBoolean,
  kObject,
  kArray,
  kDateTime
};

// How an attribute gets its value when no mapping names it.
enum class Fill { kNone, kObservedAt, kPeriodStart, kPeriodEnd };

struct AttributeModel {
  std::string name;
  AttributeKind kind = AttributeKind::kProperty;
  JsonType type = JsonType::kAny;
  std::optional<double> min, max;        // inclusive; of numbers
  std::vector<double> also;              // numbers allowed outside min..max: -1 for "unknown"
  bool circular = false;                 // an angle whose full turn is max - min; see fold()
  std::vector<std::string> values;       // enum of strings, in an array of its items; empty = free
  JsonType item = JsonType::kAny;        // of kArray
  std::string unit;                      // Rec 20 code in which it leaves, "" = none or as it comes
  std::vector<std::string> other_units;  // also expected, of dimensions that `unit` cannot express
  bool many = false;  // a Relationship whose schema wants an array: one target is sent, because
                      // NGSI-LD has no arrays of relationships that every broker takes
  bool required = false;
  Fill fill = Fill::kNone;
};

// The unit in which a value that arrives in `from` leaves: the expected one of its dimension,
// `from` itself when the model expects none, nullopt when no expected unit can express it.
std::optional<Unit> leaving_unit(const AttributeModel& attribute, const Unit& from);

// An angle brought into min..max by whole turns: 270 becomes -90 where the model says -180..180.
// Unchanged when it is inside already, or when the attribute is not circular.
double fold(const AttributeModel& attribute, double angle);

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

// nullopt when the entity may leave. The first violation in the order: type, required, then
// attributes as they come. Besides the model, it holds what every broker holds: no null, no empty
// array, GeoJSON in WGS84 with longitude first. A unit may be missing, but not be another one.
// Cost: attributes of the update times attributes of the model.
std::optional<Violation> check(const EntityModel& model, const EntityUpdate& update);

// One value of one attribute, without its entity: for what a configuration says about it.
std::optional<Violation> check_value(const AttributeModel& model, const Json& value);

// Immutable after load; share by reference.
class Catalogue {
 public:
  // Reads every *.toml of the directories in name order. A file is named after its type; a type
  // found in an earlier directory wins. A directory that does not exist holds no models.
  static Catalogue load(const std::vector<std::filesystem::path>& directories, Findings& findings);
  // The same, but opens only the files of these types: what a configuration does not use costs a
  // name.
  static Catalogue load(const std::vector<std::filesystem::path>& directories,
                        const std::set<std::string>& wanted, Findings& findings);

  const EntityModel* find(std::string_view type) const;  // nullptr when unknown or not loaded
  std::vector<std::string> types() const { return {types_.begin(), types_.end()}; }  // sorted
  const std::map<std::string, EntityModel, std::less<>>& all() const { return models_; }

 private:
  void load_directory(const std::filesystem::path& directory, const std::set<std::string>* wanted,
                      Findings& findings);

  std::set<std::string> types_;  // of all files, loaded or not
  std::map<std::string, EntityModel, std::less<>> models_;
};

}  // namespace lamppost::model
