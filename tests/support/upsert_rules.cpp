// SPDX-License-Identifier: Apache-2.0
#include "support/upsert_rules.h"

#include <algorithm>
#include <cctype>
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
  if (attribute.contains("unitCode") && type != "Property") return name + " has a unitCode";
  if (!attribute.contains("observedAt")) return "";
  const auto& at = attribute["observedAt"];
  return at.is_string() && is_time(at) ? "" : name + ": bad observedAt " + at.dump();
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
                           "NGSILD-EntityMap", "Prefer", "Fiware-Service"})
    if (count(name) != 0) found.push_back({400, std::string(name) + " is there"});
  if (request.header("Content-Type") != "application/json" || count("Content-Type") != 1)
    found.push_back({415, "Content-Type " + request.header("Content-Type")});
  if (request.header("Accept") != "application/json") found.push_back({406, "Accept"});
  if (count("Host") != 1) found.push_back({400, "no single Host"});
  if (count("NGSILD-Tenant") > 1) found.push_back({400, "two tenants"});
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

std::vector<Breach> breaches_of(const SeenRequest& request) {
  std::vector<Breach> found;
  if (!request.target.ends_with("/ngsi-ld/v1/entityOperations/upsert?options=update"))
    found.push_back({404, "target " + request.target});
  if (request.method != "POST") found.push_back({405, "method " + request.method});
  check_headers(request, found);
  const Json body = Json::parse(request.body, nullptr, false);
  if (body.is_discarded() || !body.is_array() || body.empty()) {
    found.push_back({400, "the body is no array of entities"});
    return found;
  }
  if (has_duplicate_keys(request.body)) found.push_back({400, "a key comes twice"});
  check_ids(body, found);
  return found;
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
  for (const auto& [name, attribute] : entity.items()) {
    if (name == "id" || name == "type") continue;
    if (auto flaw = flaw_of_attribute(name, attribute); !flaw.empty()) return flaw;
  }
  return "";
}

}  // namespace lamppost
