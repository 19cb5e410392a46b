// SPDX-License-Identifier: Apache-2.0
#include "mapping/time_value.h"

#include <charconv>
#include <cmath>

namespace lamppost::mapping {
namespace {

constexpr std::int64_t kYear2015Ms = 1'420'070'400'000;
constexpr std::int64_t kYear2100Ms = 4'102'444'800'000;
constexpr std::int64_t kMaxAheadMs = 5 * 60'000;

// The magnitude tells the unit: seconds stay below 1e11 until the year 5138, milliseconds below
// 1e14, microseconds below 1e17.
std::optional<Timestamp> from_epoch(double number) {
  if (!std::isfinite(number) || number < 0 || number >= 1e17) return std::nullopt;
  if (number < 1e11) return Timestamp{static_cast<std::int64_t>(std::llround(number * 1e3))};
  if (number < 1e14) return Timestamp{static_cast<std::int64_t>(std::llround(number))};
  return Timestamp{static_cast<std::int64_t>(std::llround(number / 1e3))};
}

}  // namespace

std::optional<Timestamp> parse_time(const Json& value, std::optional<int> zone_minutes) {
  if (value.is_number()) return from_epoch(value.get<double>());
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault == std::errc{} && end == text.data() + text.size()) return from_epoch(number);
  return parse_rfc3339(text, zone_minutes);
}

std::optional<int> parse_zone(std::string_view text) {
  if (text == "UTC" || text == "Z") return 0;
  // An offset is right exactly when a time with it is right.
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto at = parse_rfc3339("2000-01-01T00:00:00" + std::string(text));
  if (!at) return std::nullopt;
  return static_cast<int>((946'684'800'000 - at->ms) / 60'000);
}

bool is_plausible(Timestamp at, Timestamp arrived) {
  if (at.ms < kYear2015Ms) return false;
  if (arrived.ms < kYear2015Ms) return at.ms < kYear2100Ms;
  return at.ms <= arrived.ms + kMaxAheadMs;
}

}  // namespace lamppost::mapping
