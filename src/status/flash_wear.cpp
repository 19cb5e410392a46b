// SPDX-License-Identifier: Apache-2.0
#include "status/snapshot.h"

namespace lamppost::status {

std::optional<double> flash_bytes_per_year(const Snapshot& snapshot) {
  constexpr std::int64_t kDay = 24LL * 3600 * 1000;
  constexpr double kDaysAYear = 365.25;
  if (snapshot.uptime_ms < kDay) return std::nullopt;
  const double days = static_cast<double>(snapshot.uptime_ms) / static_cast<double>(kDay);
  return static_cast<double>(snapshot.totals.flash_bytes_written) / days * kDaysAYear;
}

}  // namespace lamppost::status
