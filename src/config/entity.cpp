// SPDX-License-Identifier: Apache-2.0
// What goes out: the entities of a mapping with their attributes.
#include <algorithm>

#include "config/parts.h"
#include "config/wording.h"

namespace lamppost::config {
namespace {

constexpr std::string_view kReserved[] = {"id", "type", "@context"};

std::optional<LocationRule> read_location(const Section& section) {
  const Entry entry = section.layers().find("location");
  if (!entry) return std::nullopt;
  LocationRule rule;
  rule.where = section.where("location");
  if (entry.node->as_table() == nullptr) {
    rule.fixed = read_position(section.loading(), "location", *entry.node);
    return rule;
  }
  const Section parts(section.loading(), "location", section.layers().at("location"), rule.where,
                      {"location"});
  if (parts.has("epsg")) {
    parts.error("epsg", "this version takes WGS84 longitude and latitude only",
                "location = { lon = \"...\", lat = \"...\" }");
    return rule;
  }
  parts.refuse_unknown_keys();
  rule.lon = parts.text("lon");
  rule.lat = parts.text("lat");
  return rule;
}

void read_statics(const Section& section, EntityRule& rule) {
  const auto table = section.table("static", {});
  if (!table) return;
  Loading& loading = section.loading();
  for (const Entry& entry : table->layers().entries()) {
    const std::string name(entry.key->str());
    if (!is_finite(*entry.node))
      loading.findings.error(loading.documents.where(*entry.node),
                             name + ": NaN and infinity cannot be sent");
    else
      rule.statics.push_back({{name, loading.documents.where(*entry.key)}, to_json(*entry.node)});
  }
}

void read_relationships(const Section& section, EntityRule& rule) {
  const auto table = section.table("relationships", {});
  if (!table) return;
  Loading& loading = section.loading();
  for (const Entry& entry : table->layers().entries()) {
    const std::string name(entry.key->str());
    const Where at = loading.documents.where(*entry.node);
    const auto* target = entry.node->as_string();
    if (target == nullptr || target->get().empty())
      loading.findings.error(at, name + ": expected the id of an entity, not " + seen(*entry.node),
                             "such as \"urn:ngsi-ld:Device:{station}\"");
    else
      rule.relationships.push_back(
          {{name, loading.documents.where(*entry.key)}, {target->get(), at}});
  }
}

// Each attribute has one writer, or the order of this file would decide what a city sees.
void check_writers(const EntityRule& rule, Findings& findings) {
  struct Writer {
    std::string table;
    Where where;
  };
  std::map<std::string, Writer> writers;
  if (rule.location) writers["location"] = {"location", rule.location->where};
  const auto take = [&](const Located<std::string>& name, const std::string& table) {
    const auto [first, fresh] = writers.emplace(name.value, Writer{table, name.where});
    if (!fresh)
      findings.error(name.where, in_quotes(name.value) + " is already set in " +
                                     first->second.table + " at " + place(first->second.where));
    for (const auto reserved : kReserved)
      if (name.value == reserved)
        findings.error(name.where, in_quotes(name.value) + " is no attribute",
                       "the id and the model have keys of their own");
  };
  for (const auto& attribute : rule.attributes) take(attribute.name, "attributes");
  for (const auto& [name, value] : rule.statics) take(name, "static");
  for (const auto& [name, target] : rule.relationships) take(name, "relationships");
}

// {model} in an id is known when the mapping is read.
void put_model(Located<std::string>& text, const std::string& model) {
  constexpr std::string_view kModel = "{model}";
  if (const auto at = text.value.find(kModel); at != std::string::npos)
    text.value.replace(at, kModel.size(), model);
}

// Attributes of a profile that was written for another model.
void note_dispensable(const Section& section, EntityRule& rule) {
  const auto& layers = section.layers();
  const Entry model = layers.find("model");
  if (!model || model.from_profile) return;
  for (const char* table : {"attributes", "static", "relationships"})
    for (const Entry& entry : layers.at(table).entries())
      if (entry.from_profile) rule.dispensable.emplace(entry.key->str());
}

EntityRule read_entity(const Section& section) {
  EntityRule rule;
  rule.where = section.where();
  rule.model = section.text("model");
  rule.id = section.text("id");
  put_model(rule.id, rule.model.value);
  rule.location = read_location(section);
  rule.attributes = read_attributes(section);
  read_statics(section, rule);
  read_relationships(section, rule);
  check_writers(rule, section.loading().findings);
  note_dispensable(section, rule);
  const auto& layers = section.layers();
  const bool says_something = layers.find("attributes") || layers.find("static") ||
                              layers.find("relationships") || layers.find("location");
  if (!says_something && !layers.incomplete)
    section.loading().findings.error(section.where(), "the entity has no attributes",
                                     "add [mapping.attributes]");
  return rule;
}

// One form or the other; with both, nobody could say which entity a key belongs to. What a profile
// says of its own entity does not count.
void check_one_form(const Section& mapping) {
  const Where blocks = mapping.where("entity");
  for (const char* key : {"model", "id", "location", "attributes", "static", "relationships"})
    if (const Entry entry = mapping.layers().find(key); entry && !entry.from_profile)
      mapping.loading().findings.error(
          mapping.loading().documents.where(*entry.key),
          in_quotes(key) + " belongs into one of the [[mapping.entity]] blocks that begin at " +
              place(blocks));
}

EntityRule read_block(Loading& loading, const toml::table& table) {
  const Section section(loading, "[[mapping.entity]]", Layers(table),
                        loading.documents.where(table), {"entity"});
  section.refuse_unknown_keys();
  return read_entity(section);
}

std::vector<EntityRule> read_own_blocks(const Section& mapping) {
  check_one_form(mapping);
  std::vector<EntityRule> rules;
  for (const auto* table : mapping.tables("entity"))
    rules.push_back(read_block(mapping.loading(), *table));
  const auto* list = mapping.layers().find("entity").node->as_array();
  if (list != nullptr && list->empty()) mapping.error("entity", "is an empty list");
  return rules;
}

// The models that `without` names; each has to be one of a block.
std::set<std::string> left_out(const Section& mapping, const std::vector<EntityRule>& blocks) {
  std::set<std::string> models;
  for (const auto& model : mapping.texts("without")) {
    models.insert(model.value);
    if (std::none_of(blocks.begin(), blocks.end(),
                     [&](const EntityRule& rule) { return rule.model.value == model.value; }))
      mapping.loading().findings.error(
          model.where, "no profile of this mapping adds an entity of " + in_quotes(model.value));
  }
  return models;
}

// Entities that profiles add to the mapping's own; they stand where it stands.
std::vector<EntityRule> read_profile_blocks(const Section& mapping) {
  std::vector<EntityRule> blocks;
  const auto location = read_location(mapping);
  for (const Entry& entry : mapping.layers().find_all("entity")) {
    const auto* list = entry.node->as_array();
    if (list == nullptr) continue;
    for (const auto& item : *list) {
      if (item.as_table() == nullptr) continue;
      EntityRule rule = read_block(mapping.loading(), *item.as_table());
      rule.is_main = false;
      if (!rule.location && location) {
        rule.location = location;
        rule.dispensable.insert("location");
      }
      blocks.push_back(std::move(rule));
    }
  }
  const auto models = left_out(mapping, blocks);
  std::erase_if(blocks, [&](const auto& rule) { return models.contains(rule.model.value); });
  return blocks;
}

}  // namespace

std::vector<EntityRule> read_entities(const Section& mapping) {
  const auto& layers = mapping.layers();
  const Entry blocks = layers.find("entity");
  if (blocks && !blocks.from_profile) return read_own_blocks(mapping);
  std::vector<EntityRule> rules;
  if (!blocks || layers.find("model") || layers.find("attributes"))
    rules.push_back(read_entity(mapping));
  for (auto& rule : read_profile_blocks(mapping)) rules.push_back(std::move(rule));
  return rules;
}

}  // namespace lamppost::config
