// SPDX-License-Identifier: Apache-2.0
#include "broker/retry_after.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "core/timestamp.h"

namespace lamppost::broker {
namespace {

using std::chrono::seconds;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

seconds clamped(long long count) { return seconds(std::clamp<long long>(count, 1, 3600)); }

// IMF-fixdate, the only form that RFC 9110 lets a server write: "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<Timestamp> parse_http_date(std::string_view text) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
  const auto month = kMonths.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  const std::string number = std::to_string(month / 3 + 1);
  const std::string iso =
      std::string(text.substr(12, 4)) + "-" + std::string(2 - number.size(), '0') + number + "-" +
      std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) + "Z";
  return parse_rfc3339(iso);
}

}  // namespace

std::optional<seconds> parse_retry_after(std::string_view value, std::string_view date_header) {
  value = trimmed(value);
  if (value.empty() || value.size() > 64) return std::nullopt;
  long long count = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
  if (end == value.data() + value.size()) {
    if (count < 0) return std::nullopt;
    return error == std::errc::result_out_of_range ? clamped(3600) : clamped(count);
  }
  const auto until = parse_http_date(value);
  const auto from = parse_http_date(trimmed(date_header));
  if (!until || !from) return std::nullopt;
  return clamped((until->ms - from->ms) / 1000);
}

}  // namespace lamppost::broker
