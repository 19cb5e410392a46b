// SPDX-License-Identifier: Apache-2.0
// JSON is written straight into one string: an entity is serialised once, at ingest, and stored as
// it will be sent.
#include "ngsi_ld/serialize.h"

#include <algorithm>
#include <array>

#include "core/json_text.h"

namespace lamppost::ngsi_ld {
namespace {

constexpr std::size_t kMaxIdSize = 256;  // the lowest limit among the brokers
constexpr std::string_view kIdPrefix = "urn:ngsi-ld:";

// Terms that the core @context keeps for itself (ETSI GS CIM 009, annex B, and brokers that read
// them wherever they stand).
constexpr auto kReserved = std::to_array<std::string_view>(
    {"id", "type", "scope", "createdAt", "modifiedAt", "deletedAt", "value", "object",
     "languageMap", "json", "vocab", "observedAt", "unitCode", "datasetId"});

// Enough for everything around a value: names of the metadata, an instant, a unit.
constexpr std::size_t kTypicalAttributeSize = 128;

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name(std::string_view text) {
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_';
  });
}

// The text of an instant; mostly the one that was asked for last.
class InstantText {
 public:
  std::string_view of(Timestamp at) {
    if (at_ != at) write_iso8601(at, text_.data());
    at_ = at;
    return {text_.data(), text_.size()};
  }

 private:
  std::optional<Timestamp> at_;
  std::array<char, 24> text_{};
};

void append_observed_at(std::string& out, const Attribute& attribute, InstantText& instant) {
  if (!attribute.observed_at) return;
  out += ",\"observedAt\":\"";
  out += instant.of(*attribute.observed_at);
  out += '"';
}

// GeoJSON reads best with its type first; a Json object is sorted by key.
void append_geometry(std::string& out, const Json& geometry) {
  const auto type = geometry.is_object() ? geometry.find("type") : geometry.end();
  if (type == geometry.end()) return append_json(out, geometry);
  out += "{\"type\":";
  append_json(out, *type);
  for (auto member = geometry.begin(); member != geometry.end(); ++member) {
    if (member == type) continue;
    out += ',';
    append_string(out, member.key());
    out += ':';
    append_json(out, member.value());
  }
  out += '}';
}

void append_unit(std::string& out, const std::string& code) {
  if (code.empty()) return;
  out += ",\"unitCode\":";
  append_string(out, code);
}

void append_details(std::string& out, const Attribute& attribute) {
  for (const auto& detail : attribute.details) {
    out += ',';
    append_string(out, detail.name);
    append_json(out += ":{\"type\":\"Property\",\"value\":", detail.value);
    append_unit(out, detail.unit_code);
    out += '}';
  }
}

void append_body(std::string& out, const Attribute& attribute, InstantText& instant) {
  switch (attribute.kind) {
    case AttributeKind::kProperty:
      append_json(out += "{\"type\":\"Property\",\"value\":", attribute.value);
      break;
    case AttributeKind::kRelationship:
      append_json(out += "{\"type\":\"Relationship\",\"object\":", attribute.value);
      break;
    case AttributeKind::kGeoProperty:
      append_geometry(out += "{\"type\":\"GeoProperty\",\"value\":", attribute.value);
      break;
  }
  if (attribute.kind == AttributeKind::kProperty) append_unit(out, attribute.unit_code);
  append_observed_at(out, attribute, instant);
  append_details(out, attribute);
  out += '}';
}

std::string shown(char c) {
  if (c > ' ' && c < '\x7f') return std::string("\"") + c + '"';
  return "a blank, a control or a non-ASCII character";
}

}  // namespace

std::string to_json(const EntityUpdate& update) {
  std::string out;
  out.reserve(update.id.size() + kTypicalAttributeSize * (update.attributes.size() + 1));
  out += "{\"id\":";
  append_string(out, update.id);
  out += ",\"type\":";
  append_string(out, update.type);
  InstantText instant;
  for (const auto& attribute : update.attributes) {
    out += ',';
    append_string(out, attribute.name);
    out += ':';
    append_body(out, attribute, instant);
  }
  out += '}';
  return out;
}

Json to_key_values(const EntityUpdate& update) {
  Json entity = {{"id", update.id}, {"type", update.type}};
  for (const auto& attribute : update.attributes) {
    const Json& value = attribute.value;
    const bool typed = value.is_object() && value.size() == 2 && value.contains("@type") &&
                       value.contains("@value");
    entity[attribute.name] = typed ? value["@value"] : value;
  }
  return entity;
}

std::optional<std::string> check_name(std::string_view attribute) {
  const std::string quoted = '"' + std::string(attribute) + '"';
  if (!is_name(attribute))
    return quoted + " is no attribute name: a letter, then letters, digits and _";
  if (std::find(kReserved.begin(), kReserved.end(), attribute) != kReserved.end())
    return quoted + " is a word of NGSI-LD itself and cannot name an attribute";
  return std::nullopt;
}

std::optional<std::string> check_id(std::string_view id) {
  if (id.size() > kMaxIdSize)
    return "the id has " + std::to_string(id.size()) + " characters, at most " +
           std::to_string(kMaxIdSize) + " are allowed";
  const std::size_t colon =
      id.starts_with(kIdPrefix) ? id.find(':', kIdPrefix.size()) : std::string_view::npos;
  if (colon == std::string_view::npos ||
      !is_name(id.substr(kIdPrefix.size(), colon - kIdPrefix.size())))
    return "the id does not begin with urn:ngsi-ld:<Type>:";
  const std::string_view local = id.substr(colon + 1);
  if (local.empty()) return "the id ends after its type";
  for (const char c : local)
    if (!is_letter(c) && !is_digit(c) && std::string_view("_.:-").find(c) == std::string_view::npos)
      return "the id contains " + shown(c) + "; A-Z a-z 0-9 _ . : - are allowed";
  return std::nullopt;
}

}  // namespace lamppost::ngsi_ld
