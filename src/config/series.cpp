// SPDX-License-Identifier: Apache-2.0
// delta and quality of an attribute line: what is said of a value beside those before it.
#include <algorithm>
#include <cmath>

#include "config/parts.h"
#include "config/wording.h"

namespace lamppost::config {
namespace {

std::optional<double> optional_positive(const Section& section, std::string_view key) {
  const auto number = section.optional_number(key);
  if (number && *number <= 0) section.error(key, "is not above 0, so nothing could pass");
  return number;
}

void read_range(const Section& section, QualityRule& rule) {
  const Entry entry = section.layers().find("range");
  if (!entry) return;
  const Json written = to_json(*entry.node);
  const bool good = is_finite(*entry.node) && written.is_array() && written.size() == 2 &&
                    written[0].is_number() && written[1].is_number();
  if (!good)
    return section.error("range",
                         "expected the least and the greatest value, not " + seen(*entry.node),
                         "such as [-30, 50]");
  rule.least = written[0].get<double>();
  rule.most = written[1].get<double>();
  if (*rule.least > *rule.most) section.error("range", "its least is above its greatest value");
}

bool is_configured(const QualityRule& rule, Flag flag) {
  switch (flag) {
    case Flag::kSentinel:
      return !rule.sentinel.empty();
    case Flag::kRange:
      return rule.least.has_value();
    case Flag::kRate:
      return rule.max_rate.has_value();
    case Flag::kFlat:
      return rule.flat.count() > 0;
    case Flag::kSpike:
      return rule.spike.has_value();
  }
  return false;
}

void read_drop(const Section& section, QualityRule& rule) {
  Findings& findings = section.loading().findings;
  for (const auto& word : section.texts("drop")) {
    const auto found = std::find(kFlagWords.begin(), kFlagWords.end(), word.value);
    if (found == kFlagWords.end()) {
      findings.error(word.where, "drop: no check is named " + in_quotes(word.value),
                     one_of({kFlagWords.begin(), kFlagWords.end()}));
      continue;
    }
    const auto flag = static_cast<Flag>(found - kFlagWords.begin());
    if (!is_configured(rule, flag))
      findings.error(word.where, "drop: " + in_quotes(word.value) + " is not checked here",
                     "add " + std::string(flag == Flag::kRate ? "max_rate" : word.value) +
                         ", or leave it out of drop");
    rule.drop |= bit(flag);
  }
}

// Not beside what makes words or values of its own.
void refuse_beside(const Section& attribute, std::string_view key,
                   std::initializer_list<const char*> others) {
  for (const char* other : others)
    if (attribute.has(other))
      attribute.error(key, "does not go together with " + std::string(other));
}

}  // namespace

void read_delta(const Section& attribute, AttributeRule& rule) {
  const Entry entry = attribute.layers().find("delta");
  if (!entry || entry.node->value<bool>() == false) return;
  refuse_beside(attribute, "delta", {"offset", "empty", "full", "reference", "map", "derive"});
  rule.delta.emplace();
  if (entry.node->value<bool>() == true) return;
  const auto section = attribute.table("delta", {"delta"});
  if (!section) return;
  section->refuse_unknown_keys();
  const auto bits = section->optional_integer("bits");
  rule.delta->wraps_at = optional_positive(*section, "wraps_at");
  if (bits && rule.delta->wraps_at)
    section->error("wraps_at", "says the same as bits: only one of them");
  else if (bits)
    rule.delta->wraps_at = std::ldexp(1.0, *bits);
  rule.delta->most = optional_positive(*section, "most");
  if (rule.delta->most && rule.delta->wraps_at && *rule.delta->most >= *rule.delta->wraps_at)
    section->error("most", "is a whole turn of the counter or more, so no reset could be told");
  rule.delta->restarts_at_zero = section->word("reset") == "zero";
}

void read_quality(const Section& attribute, AttributeRule& rule) {
  const Entry entry = attribute.layers().find("quality");
  if (!entry || entry.node->value<bool>() == false) return;
  refuse_beside(attribute, "quality", {"map", "derive"});
  const auto section = attribute.table("quality", {"quality"});
  if (!section) return;
  section->refuse_unknown_keys();
  QualityRule& quality = rule.quality.emplace();
  quality.sentinel = read_values(*section, "sentinel");
  for (const Json& value : quality.sentinel)
    if (std::find(rule.sentinel.begin(), rule.sentinel.end(), value) != rule.sentinel.end())
      section->error("sentinel", value.dump() + " is no value by the attribute's own sentinel");
  read_range(*section, quality);
  quality.max_rate = optional_positive(*section, "max_rate");
  quality.per = section->duration("per");
  if (section->has("per") && !quality.max_rate)
    section->error("per", "has no effect without max_rate");
  quality.flat = section->duration("flat");
  quality.spike = optional_positive(*section, "spike");
  read_drop(*section, quality);
  if (quality.sentinel.empty() && !quality.least && !quality.needs_memory())
    attribute.error("quality", "checks nothing", "add sentinel, range, max_rate, flat or spike");
}

}  // namespace lamppost::config
