// SPDX-License-Identifier: Apache-2.0
// The stages of a mapping that need earlier readings. They run where readings stand in their order,
// after those that came before are known not to come twice.
#include <algorithm>

#include "core/fingerprint.h"
#include "core/json_text.h"
#include "core/log.h"
#include "mapping/run.h"

namespace lamppost::mapping {
namespace {

using config::bit;
using config::Flag;

constexpr const char* kNotes[] = {"quality_sentinel", "quality_range", "quality_rate",
                                  "quality_flat", "quality_spike"};

struct Completion {
  Mapped& mapped;
  SeriesMemory& memory;
  Explanation* explanation;
  std::vector<std::pair<std::uint64_t, Track>> learned = {};

  void note(std::string_view word) {
    if (std::find(mapped.notes.begin(), mapped.notes.end(), word) == mapped.notes.end())
      mapped.notes.push_back(word);
  }
  void explain(const OpenValue& open, const std::string& text) {
    if (explanation != nullptr)
      explanation->push_back("  " + open.rule->target->name + ": " + text);
  }
  std::uint64_t key(const OpenValue& open, std::string_view kind) const {
    return Fingerprint().add(mapped.update.id).add(open.rule->target->name).add(kind).value();
  }
};

Attribute* attribute_of(Completion& now, const OpenValue& open) {
  for (auto& attribute : now.mapped.update.attributes)
    if (attribute.name == open.rule->target->name) return &attribute;
  return nullptr;
}

void leave_out(Completion& now, const OpenValue& open) {
  std::erase_if(now.mapped.update.attributes, [&](const Attribute& attribute) {
    return attribute.name == open.rule->target->name;
  });
}

// The count gives way to the difference; false when there is none to send.
bool take_difference(Completion& now, OpenValue& open) {
  const auto key = now.key(open, "delta");
  const Timestamp at = now.mapped.update.observed_at;
  const auto result = difference(*open.rule->delta, now.memory.recall(key), open.number, at);
  if (!result.is_late) now.learned.emplace_back(key, Track{at.ms, open.number, 0, 0, 0, false});
  if (result.is_first) now.note("counter_first");
  if (result.is_reset) now.note("counter_reset");
  std::string why;
  Result<std::optional<Value>> value = std::optional<Value>{};
  if (result.value) value = apply_to_number(*open.rule, open.seen, *result.value, {}, &why);
  const bool is_sent = value && *value;
  now.explain(open, "difference: " + result.why + (why.empty() ? "" : " (" + why + ")") +
                        (is_sent ? " -> " + to_text((**value).value) : " -> not sent"));
  if (!value) {
    now.mapped.reason = value.error().text;
    now.mapped.pointer = "/" + open.rule->target->name;
  }
  if (!is_sent) return false;
  Attribute* attribute = attribute_of(now, open);
  attribute->value = std::move((**value).value);
  attribute->unit_code = std::move((**value).unit_code);
  open.number = (**value).exact;
  return true;
}

std::uint8_t flags_of(Completion& now, const OpenValue& open) {
  const auto& rule = *open.rule->quality;
  // What stands for a fault is no value to measure others by.
  if (open.is_sentinel) return bit(Flag::kSentinel);
  std::uint8_t flags = 0;
  if ((rule.least && open.number < *rule.least) || (rule.most && open.number > *rule.most))
    flags = bit(Flag::kRange);
  if (!rule.needs_memory()) return flags;
  const auto key = now.key(open, "quality");
  std::optional<Track> after;
  flags |= flags_in_series(rule, now.memory.recall(key), open.number, now.mapped.update.observed_at,
                           after);
  if (after) now.learned.emplace_back(key, *after);
  return flags;
}

void take_quality(Completion& now, const OpenValue& open) {
  const std::uint8_t flags = flags_of(now, open);
  for (std::size_t i = 0; i < std::size(kNotes); ++i)
    if ((flags >> i & 1) != 0) now.note(kNotes[i]);
  const bool is_dropped = (flags & open.rule->quality->drop) != 0;
  now.explain(open, "quality " + quality_text(flags) + (is_dropped ? " -> not sent" : ""));
  if (is_dropped) {
    now.note("quality_dropped");
    return leave_out(now, open);
  }
  attribute_of(now, open)->details.push_back({kQuality, quality_text(flags), ""});
}

bool measures(const EntityUpdate& update) {
  return std::any_of(update.attributes.begin(), update.attributes.end(),
                     [](const Attribute& attribute) { return attribute.observed_at.has_value(); });
}

}  // namespace

void complete(Mapped& mapped, SeriesMemory& memory, Explanation* explanation) {
  Completion now{mapped, memory, explanation};
  for (OpenValue& open : mapped.open) {
    if (open.rule->delta != nullptr && !take_difference(now, open)) {
      leave_out(now, open);
      continue;
    }
    if (open.rule->quality != nullptr) take_quality(now, open);
  }
  mapped.open.clear();
  if (mapped.plan->derives) add_derived(*mapped.plan, mapped.update, explanation);
  if (!measures(mapped.update)) {
    if (explanation != nullptr) explanation->push_back("  nothing observed, nothing to send");
    mapped.update.attributes.clear();
  } else if (mapped.reason.empty()) {
    check_entity(*mapped.plan->model, mapped);
  }
  // What a dead entity did not bring is still to come: of a counter nothing is lost.
  if (!mapped.reason.empty()) return;
  for (const auto& [key, track] : now.learned) memory.remember(key, track);
}

}  // namespace lamppost::mapping
