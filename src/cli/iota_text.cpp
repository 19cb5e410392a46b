// SPDX-License-Identifier: Apache-2.0
#include "cli/iota_text.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "cli/toml_text.h"
#include "core/ascii.h"
#include "core/json_text.h"
#include "core/units.h"

namespace lamppost::cli {
namespace {

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '.' || c == ':' || c == '-';
  });
}

// [lon, lat] of a geo:json point, or of "lat, lon" in a geo:point; null for everything else.
Json point_of(const IotaAttribute& attribute) {
  const Json& value = attribute.value;
  if (value.is_object() && value.value("type", Json()) == "Point" &&
      value.value("coordinates", Json()).is_array() && value["coordinates"].size() >= 2)
    return {value["coordinates"][0], value["coordinates"][1]};
  if (attribute.type != "geo:point" || !value.is_string()) return nullptr;
  const std::string& text = value.get_ref<const std::string&>();
  double latitude = 0, longitude = 0;
  const char* const end = text.data() + text.size();
  const char* next = std::from_chars(text.data(), end, latitude).ptr;
  while (next != end && (*next == ',' || *next == ' ')) ++next;
  if (std::from_chars(next, end, longitude).ec != std::errc()) return nullptr;
  return {longitude, latitude};
}

// The code of Rec 20 that is meant, "" when none is certain.
std::string unit_of(const std::string& written) {
  if (find_unit(written)) return written;
  const auto units = units_written_as(written);
  return units.size() == 1 ? std::string(units[0].code) : "";
}

class Writer {
 public:
  Writer(IotaEstate& estate, const model::Catalogue& catalogue, std::string model,
         std::string source)
      : estate_(estate),
        catalogue_(catalogue),
        model_(std::move(model)),
        source_(std::move(source)) {}

  IotaText write();

 private:
  std::string type_of(const IotaEntry& entry) const { return model_.empty() ? entry.type : model_; }
  bool shares_group(const IotaEntry& device) const;
  void write_mapping(const IotaEntry& entry);
  void write_match(const IotaEntry& entry, const std::string& name);
  void write_attribute(const IotaEntry& entry, const IotaAttribute& attribute);
  void write_statics(const IotaEntry& entry);
  void write_devices(const std::vector<const IotaEntry*>& rows);
  std::string id_of(const IotaEntry& device);
  void warn(const IotaEntry& entry, const std::string& text) {
    estate_.warnings.push_back(entry.label + ": " + text);
  }

  IotaEstate& estate_;
  const model::Catalogue& catalogue_;
  std::string model_, source_;
  IotaText text_;
  std::set<std::string> names_;
};

// Devices that bring no attributes of their own are rows of devices.csv beside their group.
bool Writer::shares_group(const IotaEntry& device) const {
  return device.attributes.empty() &&
         std::any_of(estate_.groups.begin(), estate_.groups.end(), [&](const IotaEntry& group) {
           return group.apikey == device.apikey || group.type == device.type;
         });
}

IotaText Writer::write() {
  for (const IotaEntry& group : estate_.groups) write_mapping(group);
  std::vector<const IotaEntry*> rows;
  for (const IotaEntry& device : estate_.devices) {
    if (shares_group(device))
      rows.push_back(&device);
    else
      write_mapping(device);
  }
  if (!rows.empty()) write_devices(rows);
  return std::move(text_);
}

void Writer::write_mapping(const IotaEntry& entry) {
  std::string name = "iota-" + to_lower(entry.device.empty() ? entry.type : entry.device);
  for (int number = 2; !names_.insert(name).second; ++number)
    name = "iota-" + to_lower(entry.type) + '-' + std::to_string(number);
  const std::string type = type_of(entry);
  if (catalogue_.find(type) == nullptr)
    warn(entry, "no model \"" + type + "\" here: choose one with --model, or import its schema " +
                    "with `lamppost models import`");
  text_.toml +=
      "[[mapping]]\nname     = " + toml_of(name) + "\nsource   = " + toml_of(source_) + "\n";
  write_match(entry, name);
  if (!estate_.groups.empty() && !entry.device.empty() &&
      std::any_of(estate_.groups.begin(), estate_.groups.end(),
                  [&](const IotaEntry& group) { return group.apikey == entry.apikey; }))
    warn(entry, "it has attributes of its own; its readings also match the mapping of its group");
}

// The rest of the mapping, and its twin for the topic with a slash in front.
void Writer::write_match(const IotaEntry& entry, const std::string& name) {
  const std::string format = entry.format.empty() ? "iota_json" : entry.format;
  if (entry.format.empty())
    warn(entry, "neither resource nor protocol tells its format; iota_json is assumed");
  if (entry.apikey.empty()) warn(entry, "it has no apikey; any is taken");
  const std::string topic = std::string(format == "ultralight" ? "ul/" : "json/") +
                            (entry.apikey.empty() ? "{apikey}" : entry.apikey) + '/' +
                            (entry.device.empty() ? "{device}" : entry.device) + "/attrs/#";
  const std::string id =
      entry.device.empty() ? "urn:ngsi-ld:" + type_of(entry) + ":{device}" : id_of(entry);
  text_.toml += "match    = " + toml_of(topic) + "\nformat   = " + toml_of(format) +
                "\nmodel    = " + toml_of(type_of(entry)) + "\nid       = " + toml_of(id) + "\n";
  write_statics(entry);
  text_.toml += "[mapping.attributes]\n";
  for (const IotaAttribute& attribute : entry.attributes) write_attribute(entry, attribute);
  text_.toml += "\n[[mapping]]\nname     = " + toml_of(name + "-slash") +
                "\nextends  = " + toml_of(name) + "\nmatch    = " + toml_of('/' + topic) + "\n\n";
}

void Writer::write_attribute(const IotaEntry& entry, const IotaAttribute& attribute) {
  if (attribute.name == "TimeInstant") return;  // the decoder knows it as the device's time
  const model::EntityModel* model = catalogue_.find(type_of(entry));
  const auto* known = model == nullptr ? nullptr : model->find(attribute.name);
  std::string line = key_of(attribute.name) + " = { from = " + toml_of(attribute.object_id);
  const std::string unit = unit_of(attribute.unit);
  if (!unit.empty())
    line += ", unit = " + toml_of(unit);
  else if (!attribute.unit.empty())
    warn(entry, attribute.name + ": \"" + attribute.unit + "\" is no code of Rec 20");
  else if (known != nullptr && !known->unit.empty() && known->unit != "C62")
    warn(entry, attribute.name + ": no unit is given; it is taken to be " + known->unit);
  line += " }";
  if (!attribute.expression.empty()) {
    warn(entry, attribute.name + ": the expression " + attribute.expression +
                    " is left out; scale, offset and map may do its work");
    line += "  # was: " + toml_of(attribute.expression);
  }
  const bool unknown = model != nullptr && known == nullptr;
  if (unknown)
    warn(entry, model->type + " has no attribute \"" + attribute.name + "\"; it is commented out");
  text_.toml += (unknown ? "# " : "") + line + "\n";
}

void Writer::write_statics(const IotaEntry& entry) {
  const model::EntityModel* model = catalogue_.find(type_of(entry));
  std::string properties, relationships;
  for (const IotaAttribute& attribute : entry.statics) {
    if (const Json point = point_of(attribute); attribute.name == "location" && !point.is_null()) {
      text_.toml += "location = " + toml_of(point) + "\n";
      continue;
    }
    const auto* known = model == nullptr ? nullptr : model->find(attribute.name);
    const bool unknown = model != nullptr && known == nullptr;
    if (unknown)
      warn(entry,
           model->type + " has no attribute \"" + attribute.name + "\"; it is commented out");
    const bool points = attribute.type == "Relationship" ||
                        (known != nullptr && known->kind == AttributeKind::kRelationship);
    (points ? relationships : properties) +=
        (unknown ? "# " : "") + key_of(attribute.name) + " = " + toml_of(attribute.value) + "\n";
  }
  if (!properties.empty()) text_.toml += "[mapping.static]\n" + properties;
  if (!relationships.empty()) text_.toml += "[mapping.relationships]\n" + relationships;
}

// The name of the entity where NGSI-LD allows it, with the type in front where that is missing.
std::string Writer::id_of(const IotaEntry& device) {
  const std::string& name = device.entity_name.empty() ? device.device : device.entity_name;
  if (name.starts_with("urn:") && is_id(name)) return name;
  if (is_id(name)) return "urn:ngsi-ld:" + type_of(device) + ':' + name;
  warn(device, "\"" + name + "\" holds characters that no id may have; write one yourself");
  return "";
}

void Writer::write_devices(const std::vector<const IotaEntry*>& rows) {
  std::set<std::string> columns;
  for (const IotaEntry* row : rows)
    for (const IotaAttribute& attribute : row->statics)
      if (attribute.name != "location") columns.insert(attribute.name);
  text_.devices = "key,id,lon,lat";
  for (const auto& column : columns) text_.devices += ',' + column;
  for (const IotaEntry* row : rows) {
    std::map<std::string, Json> cells;
    Json point{"", ""};
    for (const IotaAttribute& attribute : row->statics) {
      cells[attribute.name] = attribute.value;
      if (attribute.name == "location" && !point_of(attribute).is_null())
        point = point_of(attribute);
    }
    const auto cell = [](const Json& value) {
      if (!value.is_string()) return value.is_null() ? std::string() : toml_of(value);
      std::string quoted = value;
      for (std::size_t at = 0; (at = quoted.find('"', at)) != quoted.npos; at += 2)
        quoted.insert(at, 1, '"');
      return quoted.empty() ? quoted : '"' + quoted + '"';
    };
    text_.devices +=
        '\n' + row->device + ',' + id_of(*row) + ',' + cell(point[0]) + ',' + cell(point[1]);
    for (const auto& column : columns)
      text_.devices += ',' + (cells.contains(column) ? cell(cells[column]) : "");
  }
  text_.devices += '\n';
}

}  // namespace

IotaText iota_text(IotaEstate& estate, const model::Catalogue& catalogue, const std::string& model,
                   const std::string& source) {
  return Writer(estate, catalogue, model, source).write();
}

}  // namespace lamppost::cli
