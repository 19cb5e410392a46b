// SPDX-License-Identifier: Apache-2.0
#include "support/upsert_rules.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <regex>
#include <set>

namespace lamppost {
namespace {

bool same_name(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool is_uri(const std::string& id) {
  const auto colon = id.find(':');
  return colon != std::string::npos && colon > 0 && id.size() <= 256 &&
         id.find_first_of(" <>\"{}|\\^`;") == std::string::npos &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) { return c > ' ' && c != 0x7F; });
}

// 4.6.2, without the non-ASCII letters that only some brokers take.
bool is_name(const std::string& name) {
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '_' || c == ':'; });
}

// 4.6.3: UTC with Z, at most six fraction digits.
bool is_time(const std::string& text) {
  static const std::regex form(
      R"(\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z)");
  return std::regex_match(text, form);
}

bool holds_null(const Json& value) {
  if (value.is_null()) return true;
  return value.is_structured() && std::any_of(value.begin(), value.end(), holds_null);
}

bool in_range(const Json& position) {
  return position.is_array() && position.size() >= 2 && position[0].is_number() &&
         position[1].is_number() && std::abs(position[0].get<double>()) <= 180 &&
         std::abs(position[1].get<double>()) <= 90;
}

// Points only: nothing else is ever measured here, and statics are the operator's own.
std::string flaw_of_geometry(const Json& geometry) {
  if (!geometry.is_object() || geometry.value("type", "") == "GeometryCollection")
    return " is no geometry";
  if (!geometry.contains("coordinates")) return " has no coordinates";
  if (geometry.value("type", "") == "Point" && !in_range(geometry["coordinates"]))
    return " is off the earth";
  return "";
}

std::string flaw_of_attribute(const std::string& name, const Json& attribute) {
  if (!is_name(name)) return "bad attribute name " + name;
  if (!attribute.is_object()) return name + " is no object";
  const auto type = attribute.value("type", "");
  const bool relationship = type == "Relationship";
  if (type != "Property" && type != "GeoProperty" && !relationship)
    return name + " has type '" + type + "'";
  if (!attribute.contains(relationship ? "object" : "value")) return name + " has no value";
  if (relationship && !(attribute["object"].is_string() && is_uri(attribute["object"])))
    return name + " is a relationship to no URI";
  if (attribute.contains("datasetId")) return name + " has a datasetId";
  if (type == "GeoProperty")
    if (auto flaw = flaw_of_geometry(attribute["value"]); !flaw.empty()) return name + flaw;
  if (attribute.contains("unitCode") && type != "Property") return name + " has a unitCode";
  if (!attribute.contains("observedAt")) return "";
  const auto& at = attribute["observedAt"];
  return at.is_string() && is_time(at) ? "" : name + ": bad observedAt " + at.dump();
}

// NUL and empty lists do not survive in every broker, the NGSI-LD Null is refused in an upsert.
bool holds_what_gets_lost(const Json& value) {
  if (value.is_array() && value.empty()) return true;
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return text.find('\0') != std::string::npos || text == "urn:ngsi-ld:null";
  }
  return value.is_structured() && std::any_of(value.begin(), value.end(), holds_what_gets_lost);
}

bool has_duplicate_keys(const std::string& body) {
  std::vector<std::set<std::string>> open;
  bool duplicate = false;
  const auto watch = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key)
      duplicate = !open.back().insert(value.get<std::string>()).second || duplicate;
    return true;
  };
  const Json parsed = Json::parse(body, watch, false);
  return duplicate || parsed.is_discarded();
}

void check_headers(const SeenRequest& request, std::vector<Breach>& found) {
  const auto count = [&](const char* name) { return request.all(name).size(); };
  if (count("Content-Length") != 1) found.push_back({411, "no single Content-Length"});
  for (const char* name : {"Transfer-Encoding", "Expect", "Via", "Content-Encoding", "TE",
                           "NGSILD-EntityMap", "Prefer"})
    if (count(name) != 0) found.push_back({400, std::string(name) + " is there"});
  if (request.header("Content-Type") != "application/json" || count("Content-Type") != 1)
    found.push_back({415, "Content-Type " + request.header("Content-Type")});
  if (request.header("Accept") != "application/json") found.push_back({406, "Accept"});
  if (count("Host") != 1) found.push_back({400, "no single Host"});
  if (count("NGSILD-Tenant") + count("Fiware-Service") > 1) found.push_back({400, "two tenants"});
  if (count("Link") > 1) found.push_back({400, "two contexts"});
  static const std::regex link(
      R"x(<[^<>\s]+>; rel="http://www\.w3\.org/ns/json-ld#context"; type="application/ld\+json")x");
  if (count("Link") == 1 && !std::regex_match(request.header("Link"), link))
    found.push_back({400, "Link " + request.header("Link")});
}

void check_ids(const Json& entities, std::vector<Breach>& found) {
  std::string last;
  for (const auto& entity : entities) {
    if (!entity.is_object()) continue;
    const auto id = entity.value("id", "");
    if (id == last) found.push_back({400, "the id " + id + " comes twice"});
    if (id < last) found.push_back({400, "ids are not sorted: " + id});
    last = id;
  }
}

bool is_batch(const std::string& target) {
  return target.ends_with("/ngsi-ld/v1/entityOperations/upsert?options=update") ||
         target.ends_with("/ngsi-ld/v1/entityOperations/upsert");
}

bool is_single(const SeenRequest& request) {
  const auto& target = request.target;
  const bool post = request.method == "POST", patch = request.method == "PATCH";
  if (target.ends_with("/ngsi-ld/v1/entities") || target.ends_with("/temporal/entities"))
    return post;
  if (!is_uri(id_in(target))) return false;
  return target.ends_with("/attrs") ? post : patch;
}

}  // namespace

std::vector<std::string> SeenRequest::all(const std::string& name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) values.push_back(value);
  return values;
}

std::string SeenRequest::header(const std::string& name) const {
  const auto values = all(name);
  return values.empty() ? "" : values.front();
}

std::string id_in(const std::string& target) {
  static const std::string before = "/ngsi-ld/v1/entities/";
  const auto start = target.find(before);
  if (start == std::string::npos) return "";
  std::string id;
  for (auto i = start + before.size(); i < target.size() && target[i] != '/'; ++i) {
    if (target[i] != '%') {
      id += target[i];
    } else {
      id += static_cast<char>(std::stoi(target.substr(i + 1, 2), nullptr, 16));
      i += 2;
    }
  }
  return id;
}

std::vector<Breach> breaches_of(const SeenRequest& request) {
  std::vector<Breach> found;
  const bool batch = is_batch(request.target);
  if (!batch && !is_single(request))
    found.push_back({404, "target " + request.method + " " + request.target});
  if (batch && request.method != "POST") found.push_back({405, "method " + request.method});
  check_headers(request, found);
  const Json body = Json::parse(request.body, nullptr, false);
  if (body.is_discarded() || body.empty() || !(batch ? body.is_array() : body.is_object())) {
    found.push_back({400, "the body holds no entities"});
    return found;
  }
  if (has_duplicate_keys(request.body)) found.push_back({400, "a key comes twice"});
  if (batch) check_ids(body, found);
  return found;
}

std::string flaw_of_history(const Json& entity) {
  Json now = entity;
  for (auto& [name, instances] : now.items()) {
    if (name == "id" || name == "type") continue;
    if (!instances.is_array() || instances.size() != 1) return name + " is no list of one";
    if (!instances[0].contains("observedAt")) return name + " has no observedAt";
    instances = Json(instances[0]);
  }
  return flaw_of(now);
}

std::string flaw_of(const Json& entity) {
  if (!entity.is_object()) return "no object";
  const auto text = [&](const char* key) {
    return entity.contains(key) && entity[key].is_string() ? entity[key].get<std::string>() : "";
  };
  if (!is_uri(text("id"))) return "bad id " + text("id");
  if (!is_name(text("type"))) return "bad type " + text("type");
  if (entity.contains("@context")) return "@context in the body";
  if (holds_null(entity)) return "null";
  if (holds_what_gets_lost(entity)) return "an empty list, a NUL or the NGSI-LD Null";
  for (const auto& [name, attribute] : entity.items()) {
    if (name == "id" || name == "type") continue;
    if (auto flaw = flaw_of_attribute(name, attribute); !flaw.empty()) return flaw;
  }
  return "";
}

}  // namespace lamppost
