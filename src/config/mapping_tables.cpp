// SPDX-License-Identifier: Apache-2.0
// The small tables of a [[mapping]]: capture, options, time.
#include <algorithm>
#include <cctype>

#include "config/parts.h"
#include "config/wording.h"

namespace lamppost::config {
namespace {

bool is_capture_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  });
}

// "UTC", or "+02:00" within the 14 hours that zones of the world are apart from it.
bool is_zone(std::string_view zone) {
  if (zone == "UTC") return true;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return false;
  for (const std::size_t digit : {1u, 2u, 4u, 5u})
    if (!std::isdigit(static_cast<unsigned char>(zone[digit]))) return false;
  const int hours = (zone[1] - '0') * 10 + (zone[2] - '0');
  const int minutes = (zone[4] - '0') * 10 + (zone[5] - '0');
  return minutes < 60 && hours * 60 + minutes <= 14 * 60;
}

}  // namespace

void read_capture(const Section& section, Mapping& mapping) {
  const auto table = section.table("capture", {});
  if (!table) return;
  Loading& loading = section.loading();
  for (const Entry& entry : table->layers().entries()) {
    const std::string name(entry.key->str());
    const auto* from = entry.node->as_string();
    if (!is_capture_name(name))
      loading.findings.error(loading.documents.where(*entry.key),
                             in_quotes(name) + " cannot name a capture", "use A-Z a-z 0-9 _");
    else if (from == nullptr)
      loading.findings.error(loading.documents.where(*entry.node),
                             name +
                                 ": expected the name of an observation such as \"/station\", "
                                 "not " +
                                 seen(*entry.node));
    else
      mapping.capture[name] = {from->get(), loading.documents.where(*entry.node)};
  }
}

void read_options(const Section& section, Mapping& mapping) {
  const auto table = section.table("options", {});
  if (!table) return;
  Loading& loading = section.loading();
  for (const Entry& entry : table->layers().entries()) {
    const std::string name(entry.key->str());
    const Where at = loading.documents.where(*entry.node);
    if (!is_finite(*entry.node)) loading.findings.error(at, name + ": expected a finite number");
    mapping.options[name] = {to_json(*entry.node), at};
  }
  const auto decode = mapping.options.find("decode");
  if (decode == mapping.options.end() || !decode->second.value.is_string()) return;
  const Located<std::string> layout{decode->second.value.get<std::string>(), decode->second.where};
  mapping.layout = loading.profiles->layout(loading, layout);
  if (mapping.layout != nullptr) decode->second.value = mapping.layout->content;
}

void read_time(const Section& section, Mapping& mapping) {
  const auto table = section.table("time", {"time"});
  if (!table) return;
  table->refuse_unknown_keys();
  mapping.time.from = table->text("from");
  const Located<std::string> zone = table->text("zone");
  mapping.time.zone = zone.value;
  if (!zone.value.empty() && !is_zone(zone.value))
    table->error("zone",
                 "expected \"UTC\" or an offset such as \"+02:00\", not " + in_quotes(zone.value),
                 "names of places carry summer time, which this version does not know");
}

}  // namespace lamppost::config
