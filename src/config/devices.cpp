// SPDX-License-Identifier: Apache-2.0
// devices.csv: what is known about each device and its payload does not say.
//
//   key,id,lon,lat,category,capacity
//   70B3D57ED0051234,urn:ngsi-ld:WasteContainer:quay-7,4.4025,51.2194,municipal,1100
//
// key   a capture of the mapping or the device id that the payload carries
// id    NGSI-LD id of the entity; empty: from the mapping
// lon, lat   WGS84; both or neither
// expect   how often it is heard at least, such as 15min; empty: as [devices] or the mapping says
// profile  of the device, for mappings with profile = [..., "{profile}"]
// further columns are static attributes; a field in the grammar of a JSON number is a number, true
// and false are booleans, everything else and everything in quotes is text; empty: absent
#include <algorithm>
#include <cmath>

#include "config/csv.h"
#include "config/parts.h"
#include "config/quantity.h"
#include "config/wording.h"
#include "core/ascii.h"
#include "core/json_text.h"
#include "core/suggest.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxFindings = 50;  // of one file: a wrong separator hits every row

bool is_id(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '.' || c == ':' || c == '-';
  });
}

// A text that JSON reads as a number; nullopt for "007", "1e999" and everything else.
std::optional<Json> number(const std::string& text) {
  const Json value = Json::parse(text, nullptr, false);
  if (!value.is_number() || !std::isfinite(value.get<double>())) return std::nullopt;
  return value;
}

Json typed(const CsvField& field) {
  if (field.quoted) return field.text;
  if (field.text == "true" || field.text == "false") return field.text == "true";
  if (const auto value = number(field.text)) return *value;
  return field.text;
}

// One CSV on its way into Devices.
class DeviceFile {
 public:
  DeviceFile(std::string file, std::string text, Devices& devices, Findings& findings)
      : file_(std::move(file)),
        text_(std::move(text)),
        lines_(text_),
        devices_(devices),
        findings_(findings) {}

  void read(std::size_t max_rows) {
    CsvReader reader(text_);
    std::vector<CsvField> record;
    if (!is_utf8(text_)) findings_.error({file_, 0, 0, ""}, "is not UTF-8");
    if (reader.next(record) ? read_header(record) : empty(reader)) read_rows(reader, max_rows);
    if (const auto& problem = reader.problem())
      findings_.error(at(problem->line, problem->column), problem->text);
  }

 private:
  Where at(int line, int column) const { return {file_, line, column, lines_.excerpt(line)}; }

  void error(const CsvField& field, std::string text, std::string hint = "") {
    findings_.error(at(field.line, field.column), std::move(text), std::move(hint));
    ++reported_;
  }

  bool empty(const CsvReader& reader) {
    if (!reader.problem()) findings_.error({file_, 0, 0, ""}, "has no header: key,id,lon,lat");
    return false;
  }

  bool read_header(const std::vector<CsvField>& record) {
    for (const auto& field : record) {
      if (field.text.empty())
        error(field, "a column without a name");
      else if (column(field.text))
        error(field, "column " + in_quotes(field.text) + " is there twice");
      else if (field.text != "key" && field.text != "id" && field.text != "profile" &&
               field.text != "expect" && field.text != "lon" && field.text != "lat")
        devices_.columns.push_back({field.text, at(field.line, field.column)});
      header_.push_back(field.text);
    }
    if (!column("key")) error(record.front(), "the header names no column key", key_hint(record));
    if (column("lon").has_value() != column("lat").has_value())
      error(record.front(), "lon and lat need each other");
    return reported_ == 0;
  }

  static std::string key_hint(const std::vector<CsvField>& record) {
    if (record.front().text.find(';') != std::string::npos)
      return "separate the columns with commas, not semicolons";
    return "such as key,id,lon,lat";
  }

  std::optional<std::size_t> column(std::string_view name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
    if (found == header_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - header_.begin());
  }

  void read_rows(CsvReader& reader, std::size_t max_rows) {
    std::vector<CsvField> record;
    for (std::size_t rows = 0; reader.next(record); ++rows) {
      if (rows == max_rows)
        return error(record.front(), "more than " + std::to_string(max_rows) + " devices");
      if (reported_ >= kMaxFindings)
        return error(record.front(), "more mistakes may follow from here on");
      if (record.size() == header_.size())
        read_row(record);
      else
        error(record.front(), "expected " + std::to_string(header_.size()) +
                                  " fields as in the header, not " + std::to_string(record.size()));
    }
  }

  void read_row(const std::vector<CsvField>& record) {
    const CsvField& key = record[*column("key")];
    if (key.text.empty()) return error(key, "a device without a key");
    const auto [first, fresh] = lines_of_keys_.emplace(key.text, key.line);
    if (!fresh)
      return error(key,
                   in_quotes(key.text) + " is already in line " + std::to_string(first->second));
    Device& device = devices_.by_key[key.text];
    device.key = key.text;
    if (const auto id = column("id")) read_id(record[*id], device);
    if (const auto profile = column("profile")) read_profile(record[*profile], device);
    if (const auto expect = column("expect")) read_expect(record[*expect], device);
    if (column("lon") && column("lat"))
      read_location(record[*column("lon")], record[*column("lat")], device);
    for (const auto& name : devices_.columns)
      if (const CsvField& field = record[*column(name.value)]; !field.text.empty())
        device.statics[name.value] = typed(field);
  }

  void read_profile(const CsvField& field, Device& device) {
    device.profile = field.text;
    if (!field.text.empty()) devices_.profiles.emplace(field.text, at(field.line, field.column));
  }

  void read_expect(const CsvField& field, Device& device) {
    if (field.text.empty()) return;
    const auto expect = parse_duration(field.text);
    if (expect && *expect >= std::chrono::seconds(1) && *expect <= std::chrono::hours(366 * 24))
      device.expect = *expect;
    else
      error(field, "expect: expected a duration from 1s to 366d, not " + in_quotes(field.text),
            "such as 15min");
  }

  void read_id(const CsvField& field, Device& device) {
    if (is_id(field.text))
      device.id = field.text;
    else
      error(field, in_quotes(field.text) + " is no NGSI-LD id", "use A-Z a-z 0-9 _ . : -");
  }

  void read_location(const CsvField& lon, const CsvField& lat, Device& device) {
    if (lon.text.empty() && lat.text.empty()) return;
    const auto longitude = degrees(lon, "lon", 180), latitude = degrees(lat, "lat", 90);
    if (longitude && latitude) device.location = Json::array({*longitude, *latitude});
  }

  std::optional<Json> degrees(const CsvField& field, const std::string& name, double most) {
    auto value = number(field.text);
    const std::string limit = std::to_string(static_cast<int>(most));
    if (value && std::abs(value->get<double>()) <= most) return value;
    error(field,
          name + ": expected a number from -" + limit + " to " + limit + ", not " +
              in_quotes(field.text),
          field.text.find(',') != std::string::npos ? "the decimal sign is a point" : "");
    return std::nullopt;
  }

  std::string file_, text_;
  Lines lines_;
  Devices& devices_;
  Findings& findings_;
  std::vector<std::string> header_;
  std::map<std::string, int> lines_of_keys_;
  std::size_t reported_ = 0;
};

}  // namespace

void read_device_file(Loading& loading, const Located<std::string>& file, Devices& devices,
                      std::size_t max_rows) {
  auto text = read_text(file.value, kMaxDeviceFile);
  if (text)
    DeviceFile(file.value, std::move(*text), devices, loading.findings).read(max_rows);
  else
    loading.findings.error(file.where, "file: " + in_quotes(file.value) + " " + text.error().text);
}

}  // namespace lamppost::config
