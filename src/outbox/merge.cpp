// SPDX-License-Identifier: Apache-2.0
#include "outbox/merge.h"

#include "core/json.h"
#include "core/json_text.h"

namespace lamppost::outbox {
namespace {

std::optional<Timestamp> observed_at(const Json& attribute) {
  if (!attribute.is_object()) return std::nullopt;
  const auto found = attribute.find("observedAt");
  if (found == attribute.end() || !found->is_string()) return std::nullopt;
  return parse_rfc3339(found->get_ref<const std::string&>());
}

}  // namespace

std::optional<std::string> merge_updates(const Update& queued, const Update& arriving) {
  Json merged = Json::parse(queued.payload, nullptr, false);
  Json arrived = Json::parse(arriving.payload, nullptr, false);
  if (!merged.is_object() || !arrived.is_object()) return std::nullopt;
  const bool arrived_is_newer = arriving.observed_at >= queued.observed_at;
  for (auto& [name, attribute] : arrived.items()) {
    const auto there = merged.find(name);
    if (there == merged.end()) {
      merged[name] = std::move(attribute);
      continue;
    }
    const auto theirs = observed_at(*there), ours = observed_at(attribute);
    if (theirs && ours ? *ours >= *theirs : arrived_is_newer) *there = std::move(attribute);
  }
  std::string text;
  append_json(text, merged);
  return text;
}

}  // namespace lamppost::outbox
