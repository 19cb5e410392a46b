// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/lwm2m_records.h"

#include <cmath>

#include "core/units.h"
#include "drivers/formats/in_quotes.h"

namespace lamppost::formats {
namespace {

constexpr double kLastSecond = 253'402'300'799;  // end of the year 9999

Result<Lwm2mEntry> entry_of(std::string_view name, Json value) {
  auto path = parse_lwm2m_path(name);
  if (!path || path->size() < 3) return malformed_lwm2m(in_quotes(name) + " is no resource");
  return Lwm2mEntry{std::move(*path), std::move(value)};
}

// Absolute when there is a base time and else from the arrival; nullopt out of range.
std::optional<Timestamp> time_of(double base, double offset, Timestamp arrived) {
  const auto at = lwm2m_time(base + offset);
  if (at && base == 0) return Timestamp{arrived.ms + at->ms};
  return at;
}

const Json* value_of(const Json& record) {
  const Json* found = nullptr;
  for (const char* label : {"v", "sv", "bv", "ov"}) {
    const auto value = record.find(label);
    if (value == record.end()) continue;
    if (found != nullptr || value->is_structured()) return nullptr;
    found = &*value;
  }
  return found;
}

double number_in(const Json& object, const char* label) {
  const auto found = object.find(label);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string text_in(const Json& object, const char* label) {
  const auto found = object.find(label);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

std::optional<Timestamp> lwm2m_time(double seconds) {
  if (!(std::abs(seconds) <= kLastSecond)) return std::nullopt;
  return Timestamp{static_cast<std::int64_t>(std::llround(seconds * 1000))};
}

Result<std::vector<Lwm2mEntry>> lwm2m_of_json(const Json& tree, Timestamp arrived) {
  const auto records = tree.find("e");
  if (records == tree.end() || !records->is_array()) return malformed_lwm2m("no array \"e\"");
  if (records->size() > kMaxLwm2mEntries) return malformed_lwm2m("too many records");
  const std::string base_name = text_in(tree, "bn");
  const double base_time = number_in(tree, "bt");
  std::vector<Lwm2mEntry> entries;
  for (const Json& record : *records) {
    const Json* const value = record.is_object() ? value_of(record) : nullptr;
    if (value == nullptr) return malformed_lwm2m("a record without one value (v, sv, bv, ov)");
    auto entry = entry_of(base_name + text_in(record, "n"), *value);
    if (!entry) return entry.error();
    if (base_time != 0 || record.contains("t")) {
      entry->at = time_of(base_time, number_in(record, "t"), arrived);
      if (!entry->at) return malformed_lwm2m("a time beyond the year 9999");
    }
    entries.push_back(std::move(*entry));
  }
  return entries;
}

Result<std::vector<Lwm2mEntry>> lwm2m_of_senml(const Json& pack, SenmlLabels labels,
                                               Timestamp arrived) {
  const auto records = resolve(pack, labels, arrived);
  if (!records) return records.error();
  std::vector<Lwm2mEntry> entries;
  for (const SenmlRecord& record : *records) {
    if (!record.value) continue;
    auto entry = entry_of(std::string(record.base_name).append(record.name), *record.value);
    if (!entry) return entry.error();
    entry->unit = unit_of_senml(record.unit);
    if (!record.now) entry->at = record.at;
    entries.push_back(std::move(*entry));
  }
  return entries;
}

}  // namespace lamppost::formats
