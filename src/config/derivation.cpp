// SPDX-License-Identifier: Apache-2.0
// What an attribute line says of values that no sensor measures itself.
#include <array>

#include "config/parts.h"
#include "config/wording.h"

namespace lamppost::config {
namespace {

constexpr std::array kOfPayload = {
    "from",        "unit", "scale", "offset", "sentinel",  "min",        "max",
    "map",         "else", "empty", "full",   "reference", "molar_mass", "gas_temperature",
    "gas_pressure"};

std::optional<Amount> read_amount(const Section& section, std::string_view key) {
  const Entry entry = section.layers().find(key);
  if (!entry) return std::nullopt;
  if (const auto* column = entry.node->as_string())
    return Amount{0, {column->get(), section.where(key)}};
  if (const auto* whole = entry.node->as_integer())
    return Amount{static_cast<double>(whole->get()), {}};
  if (const auto* real = entry.node->as_floating_point(); real && is_finite(*entry.node))
    return Amount{real->get(), {}};
  section.error(
      key, "expected a number or the name of a column of devices.csv, not " + seen(*entry.node));
  return std::nullopt;
}

}  // namespace

void read_distances(const Section& section, AttributeRule& rule) {
  rule.empty = read_amount(section, "empty");
  rule.full = read_amount(section, "full");
  rule.reference = read_amount(section, "reference");
  const bool fills = section.has("empty") || section.has("full");
  if (fills && section.has("empty") != section.has("full"))
    section.error(section.has("empty") ? "empty" : "full", "empty and full need each other",
                  "such as empty = 2400, full = 300: what is measured then");
  if (fills && section.has("reference"))
    section.error("reference", "is for a level, empty and full are for a share: only one of them");
  if (rule.empty && rule.full && rule.empty->column.value.empty() &&
      rule.full->column.value.empty() && rule.empty->number == rule.full->number)
    section.error("full", "is the same distance as empty");
}

bool read_derivation(const Section& section, AttributeRule& rule) {
  if (!section.has("derive")) {
    if (section.has("of")) section.error("of", "has no effect without derive");
    return false;
  }
  rule.derive = {section.word("derive"), section.where("derive")};
  for (const char* key : kOfPayload)
    if (section.has(key))
      section.error(key, "is for values of the payload, this one is derived",
                    "the attributes in of have rules of their own");
  rule.of = section.texts("of");
  if (!section.has("of"))
    rule.of = {{"temperature", rule.derive.where}, {"relativeHumidity", rule.derive.where}};
  else if (rule.of.size() != 2)
    section.error("of", "a dew point is of two: a temperature and a relative humidity",
                  "in this order");
  return true;
}

}  // namespace lamppost::config
