// SPDX-License-Identifier: Apache-2.0
// [mapping.attributes]: one rule for each measured attribute.
#include "config/parts.h"
#include "config/wording.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxNames = 16;  // of one `from`

bool is_scalar(const Json& value) {
  return value.is_string() || value.is_number() || value.is_boolean();
}

void read_map(const Section& section, AttributeRule& rule) {
  Loading& loading = section.loading();
  if (const auto table = section.table("map", {})) {
    for (const Entry& entry : table->layers().entries()) {
      const Json value = to_json(*entry.node);
      if (is_scalar(value))
        rule.map[std::string(entry.key->str())] = value;
      else
        loading.findings.error(
            loading.documents.where(*entry.node),
            "map: expected a text, a number, true or false, not " + seen(*entry.node));
    }
  }
  const Entry otherwise = section.layers().find("else");
  if (!otherwise) return;
  if (!section.has("map")) section.error("else", "has no effect without map");
  const Json value = to_json(*otherwise.node);
  if (is_scalar(value))
    rule.otherwise = value;
  else
    section.error("else", "expected a text, a number, true or false, not " + seen(*otherwise.node));
}

void read_numbers(const Section& section, AttributeRule& rule) {
  rule.scale = section.optional_number("scale");
  if (rule.scale == 0.0)
    section.error("scale", "0 would make every value the same", "leave it out for no scaling");
  rule.offset = section.optional_number("offset");
  rule.decimals = section.optional_integer("decimals");
  rule.min = section.optional_number("min");
  rule.max = section.optional_number("max");
  if (rule.min && rule.max && *rule.min > *rule.max)
    section.error("min", "is above max at " + place(section.where("max")), "no value could pass");
}

// A mass depends on all three: two of them say nothing.
void read_gas(const Section& section, AttributeRule& rule) {
  const auto mass = section.optional_number("molar_mass");
  const auto temperature = section.optional_number("gas_temperature");
  const auto pressure = section.optional_number("gas_pressure");
  if (!mass && !temperature && !pressure) return;
  const char* const given = mass ? "molar_mass" : temperature ? "gas_temperature" : "gas_pressure";
  if (!mass || !temperature || !pressure)
    section.error(given, "a gas needs molar_mass, gas_temperature and gas_pressure",
                  "such as molar_mass = 46.0055, gas_temperature = 20, gas_pressure = 1013.25");
  else if (*mass <= 0 || *temperature <= -273.15 || *pressure <= 0)
    section.error(given, "no gas has such a molar mass, temperature or pressure",
                  "they are in g/mol, degrees Celsius and hPa");
  else
    rule.gas = Gas{*mass, *temperature, *pressure};
}

// One name, or a list of names in the order of preference. Never empty without a finding. "" is a
// name too: the JSON pointer to the payload as a whole.
std::vector<Located<std::string>> read_from(const Section& section) {
  const Entry entry = section.layers().find("from");
  if (!entry || !entry.node->is_array()) {
    Located<std::string> name = section.text("from");
    if (!entry || !entry.node->is_string()) return {};
    return {std::move(name)};
  }
  if (entry.node->as_array()->empty())
    section.error("from", "names no observation", "such as \"/pm2_5\"");
  auto names = section.texts("from");
  if (names.size() > kMaxNames) {
    section.error("from", "names more than 16 observations");
    names.resize(kMaxNames);
  }
  return names;
}

AttributeRule read_rule(const Section& section, Located<std::string> name) {
  section.refuse_unknown_keys();
  AttributeRule rule;
  rule.name = std::move(name);
  if (!read_derivation(section, rule)) rule.from = read_from(section);
  rule.unit = section.text("unit");
  read_numbers(section, rule);
  read_gas(section, rule);
  read_map(section, rule);
  rule.sentinel = read_values(section, "sentinel");
  read_distances(section, rule);
  read_delta(section, rule);
  read_quality(section, rule);
  return rule;
}

}  // namespace

std::vector<Json> read_values(const Section& section, std::string_view key) {
  const Entry entry = section.layers().find(key);
  if (!entry) return {};
  std::vector<Json> values;
  const Json written = to_json(*entry.node);
  for (const Json& value : written.is_array() ? written : Json::array({written})) {
    if (is_scalar(value)) {
      values.push_back(value);
      continue;
    }
    section.error(key, "expected a number, a text, true, false or a list of them",
                  "such as [-1, 65535]");
    break;
  }
  return values;
}

std::vector<AttributeRule> read_attributes(const Section& entity) {
  std::vector<AttributeRule> rules;
  const auto table = entity.table("attributes", {});
  if (!table) return rules;
  Loading& loading = entity.loading();
  for (const Entry& entry : table->layers().entries()) {
    const std::string name(entry.key->str());
    const Where at = loading.documents.where(*entry.node);
    if (entry.node->value<bool>() == false) continue;  // one of the profile's that is not wanted
    if (entry.node->as_table() == nullptr) {
      const bool text = entry.node->is_string();
      loading.findings.error(
          at, name + ": expected a rule such as { from = \"/pm2_5\" }, not " + seen(*entry.node),
          text ? "write { from = " + in_quotes(entry.node->as_string()->get()) + " }"
               : "what never changes goes into static");
      continue;
    }
    const Section rule(loading, "attribute " + in_quotes(name), table->layers().at(name), at,
                       {"attribute"});
    rules.push_back(read_rule(rule, {name, loading.documents.where(*entry.key)}));
  }
  return rules;
}

}  // namespace lamppost::config
