// SPDX-License-Identifier: Apache-2.0
#include "mapping/calibration.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/units.h"

namespace lamppost::mapping {
namespace {

std::int64_t begin_of(const config::Calibration* entry) {
  return entry->valid_from ? entry->valid_from->ms : INT64_MIN;
}

}  // namespace

void Calibrations::add(const config::Calibration& entry) {
  by_device_[entry.device.value].push_back(&entry);
}

void Calibrations::sort() {
  for (auto& [device, all] : by_device_)
    std::sort(all.begin(), all.end(),
              [](const auto* a, const auto* b) { return begin_of(a) > begin_of(b); });
}

const DeviceCalibrations* Calibrations::find(
    const std::vector<std::pair<std::string, std::string>>& captures) const {
  for (auto capture = captures.rbegin(); capture != captures.rend(); ++capture)
    if (const auto found = by_device_.find(capture->second); found != by_device_.end())
      return &found->second;
  return nullptr;
}

const config::Calibration* valid_at(const DeviceCalibrations& all, std::string_view attribute,
                                    Timestamp at) {
  for (const auto* entry : all)
    if (entry->attribute.value == attribute && begin_of(entry) <= at.ms) return entry;
  return nullptr;
}

double calibrated(const config::Calibration& calibration, double value) {
  double sum = 0, largest = 0;
  const auto& terms = calibration.polynomial;
  for (auto term = terms.rbegin(); term != terms.rend(); ++term) {
    sum *= value;
    largest = std::max({std::abs(sum), std::abs(*term), largest});
    sum += *term;
  }
  return tidy(sum, largest);
}

}  // namespace lamppost::mapping
