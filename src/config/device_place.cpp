// SPDX-License-Identifier: Apache-2.0
#include "config/device_place.h"

#include <algorithm>

#include "config/csv.h"
#include "config/document.h"
#include "config/parts.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxNamed = 10;

std::size_t index_of(const std::vector<CsvField>& header, std::string_view name) {
  const auto found = std::find_if(header.begin(), header.end(),
                                  [&](const CsvField& field) { return field.text == name; });
  return static_cast<std::size_t>(found - header.begin());
}

}  // namespace

Where place_of(const Devices& devices, std::string_view key, std::string_view column) {
  const std::string& file = devices.file->value;
  const auto text = read_text(file, kMaxDeviceFile);
  if (!text) return {file, 0, 0, ""};
  CsvReader reader(*text);
  std::vector<CsvField> header, record;
  reader.next(header);
  const auto of_key = index_of(header, "key"), wanted = index_of(header, column);
  while (reader.next(record))
    if (std::max(of_key, wanted) < record.size() && record[of_key].text == key) {
      const CsvField& field = record[wanted];
      return {file, field.line, field.column, Lines(*text).excerpt(field.line)};
    }
  return {file, 0, 0, ""};
}

void DeviceMistakes::add(const std::string& key, const std::string& column, const std::string& what,
                         std::string hint) {
  if (++found_[column] > kMaxNamed) return;
  findings_.error(place_of(devices_, key, column), "device " + key + ", " + what, std::move(hint));
}

DeviceMistakes::~DeviceMistakes() {
  for (const auto& [column, count] : found_)
    if (count > kMaxNamed)
      findings_.error(
          {devices_.file->value, 0, 0, ""},
          column + ": " + std::to_string(count - kMaxNamed) + " more devices like these");
}

}  // namespace lamppost::config
