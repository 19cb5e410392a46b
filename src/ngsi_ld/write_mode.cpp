// SPDX-License-Identifier: Apache-2.0
#include "ngsi_ld/write_mode.h"

#include <algorithm>
#include <iterator>

#include "core/json.h"
#include "core/json_text.h"
#include "core/percent.h"

namespace lamppost::ngsi_ld {
namespace {

struct Words {
  WriteMode mode;
  std::string_view word, described;
};
constexpr Words kWords[] = {
    {WriteMode::kUpdate, "update", "batch upsert"},
    {WriteMode::kReplace, "replace", "batch upsert that replaces"},
    {WriteMode::kAppend, "append", "POST /entities/{id}/attrs"},
    {WriteMode::kMerge, "merge", "PATCH /entities/{id}"},
};

const Words& words_of(WriteMode mode) { return kWords[static_cast<std::size_t>(mode)]; }

// Fewer marks than a path segment may carry (RFC 3986, 3.3); a colon is welcome everywhere.
std::string entity_target(std::string_view id) {
  return "/ngsi-ld/v1/entities/" + percent_encoded(id, "-._~:");
}

std::string text_of(const Json& value) {
  std::string text;
  append_json(text, value);
  return text;
}

// The attributes alone (ETSI GS CIM 009, 5.6.3): the target says whose they are.
std::string fragment_of(std::string_view payload) {
  Json entity = Json::parse(payload, nullptr, false);
  if (!entity.is_object()) return std::string(payload);
  entity.erase("id");
  entity.erase("type");
  return text_of(entity);
}

}  // namespace

std::optional<WriteMode> write_mode(std::string_view word) {
  const auto found = std::find_if(std::begin(kWords), std::end(kWords),
                                  [&](const Words& words) { return words.word == word; });
  return found == std::end(kWords) ? std::nullopt : std::optional(found->mode);
}

std::string_view word_for(WriteMode mode) { return words_of(mode).word; }
std::string_view described(WriteMode mode) { return words_of(mode).described; }

std::string_view batch_target(WriteMode mode) {
  return mode == WriteMode::kReplace ? "/ngsi-ld/v1/entityOperations/upsert"
                                     : "/ngsi-ld/v1/entityOperations/upsert?options=update";
}

std::string batch_body(std::span<const BatchRow> rows) {
  std::size_t size = 2;
  for (const auto& row : rows) size += row.payload.size() + 1;
  std::string body;
  body.reserve(size);
  for (const auto& row : rows) {
    body += body.empty() ? '[' : ',';
    body += row.payload;
  }
  body += ']';
  return body;
}

Request append_request(std::string_view id, std::string_view payload) {
  return {"POST", entity_target(id) + "/attrs", fragment_of(payload)};
}

Request merge_request(std::string_view id, std::string_view payload) {
  return {"PATCH", entity_target(id), fragment_of(payload)};
}

Request create_request(std::string_view payload) {
  return {"POST", "/ngsi-ld/v1/entities", std::string(payload)};
}

std::optional<Request> temporal_request(std::string_view payload) {
  const Json entity = Json::parse(payload, nullptr, false);
  if (!entity.is_object()) return std::nullopt;
  Json history = Json::object();
  for (const auto& [name, attribute] : entity.items())
    if (attribute.is_object() && attribute.contains("observedAt"))
      history[name] = Json::array({attribute});
  if (history.empty()) return std::nullopt;
  for (const char* name : {"id", "type"})
    if (entity.contains(name)) history[name] = entity[name];
  return Request{"POST", "/ngsi-ld/v1/temporal/entities", text_of(history)};
}

}  // namespace lamppost::ngsi_ld
