// SPDX-License-Identifier: Apache-2.0
#include "mapping/derive.h"

#include <algorithm>
#include <cmath>

#include "config/device_place.h"
#include "core/suggest.h"

namespace lamppost::mapping {
namespace {

using config::Amount;

std::optional<double> amount_of(const Amount& amount, const config::Device* device) {
  if (amount.column.value.empty()) return amount.number;
  if (device == nullptr) return std::nullopt;
  const auto found = device->statics.find(amount.column.value);
  if (found == device->statics.end() || !found->second.is_number()) return std::nullopt;
  return found->second.get<double>();
}

// False when the column is not there.
bool check_column(const Amount& amount, const config::Devices& devices, Findings& findings) {
  const auto& name = amount.column;
  if (name.value.empty()) return true;
  std::vector<std::string> columns;
  for (const auto& column : devices.columns) columns.push_back(column.value);
  if (std::find(columns.begin(), columns.end(), name.value) == columns.end()) {
    findings.error(name.where, "devices.csv has no column \"" + name.value + "\"",
                   devices.file ? suggest(name.value, columns)
                                : "[devices] file names one; or write a number");
    return false;
  }
  for (const auto& [key, device] : devices.by_key) {
    const auto found = device.statics.find(name.value);
    if (found == device.statics.end() || found->second.is_number()) continue;
    findings.error(
        config::place_of(devices, key, name.value),
        std::string("device ").append(key).append(", ").append(name.value) + ": is no number");
    return false;
  }
  return true;
}

}  // namespace

std::optional<double> from_distance(const config::AttributeRule& rule, double distance,
                                    const config::Device* device) {
  if (rule.reference) {
    const auto reference = amount_of(*rule.reference, device);
    if (!reference) return std::nullopt;
    return *reference - distance;
  }
  const auto empty = amount_of(*rule.empty, device), full = amount_of(*rule.full, device);
  if (!empty || !full) return std::nullopt;
  return std::clamp((*empty - distance) / (*empty - *full), 0.0, 1.0);
}

void check_columns(const config::AttributeRule& rule, const config::Devices& devices,
                   Findings& findings) {
  bool good = true;
  for (const auto* amount : {&rule.empty, &rule.full, &rule.reference})
    if (*amount) good &= check_column(**amount, devices, findings);
  if (!good || !rule.empty || !rule.full) return;
  for (const auto& [key, device] : devices.by_key) {
    const auto empty = amount_of(*rule.empty, &device), full = amount_of(*rule.full, &device);
    if (empty && full && *empty == *full)
      return findings.error(config::place_of(devices, key),
                            "device " + key + ": empty and full are the same distance");
  }
}

std::optional<double> dew_point_c(double temperature_c, double humidity) {
  if (temperature_c < -45 || temperature_c > 60 || humidity <= 0 || humidity > 1)
    return std::nullopt;
  const double exponent = std::log(humidity) + 17.62 * temperature_c / (243.12 + temperature_c);
  return 243.12 * exponent / (17.62 - exponent);
}

}  // namespace lamppost::mapping
