// SPDX-License-Identifier: Apache-2.0
#include "status/words.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace lamppost::status {
namespace {

std::vector<std::string> sum(const Json& object, const std::vector<const char*>& terms) {
  std::vector<std::string> text;
  for (const char* term : terms) {
    const char* sign = text.empty() ? "" : text.size() == 1 ? "= " : "+ ";
    text.push_back(sign + std::string(term) + " " + std::to_string(count_at(object, term)));
  }
  return text;
}

std::string two_units(std::int64_t big, const char* big_unit, std::int64_t small,
                      const char* small_unit) {
  std::string text = std::to_string(big) + " " + big_unit;
  if (small > 0) text += " " + std::to_string(small) + " " + small_unit;
  return text;
}

}  // namespace

std::string duration_words(double seconds) {
  constexpr double kCentury = 100.0 * 365 * 86400;  // also catches what no integer can hold
  if (!(seconds > 0)) return "0 s";
  const auto s = static_cast<std::int64_t>(std::min(seconds, kCentury));
  if (s < 60) return std::to_string(s) + " s";
  if (s < 3600) return std::to_string(s / 60) + " min";
  if (s < 2 * 86400) return two_units(s / 3600, "h", s % 3600 / 60, "min");
  return two_units(s / 86400, "d", s % 86400 / 3600, "h");
}

std::string size_words(std::uint64_t bytes) {
  constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < kUnits.size(); ++unit) size /= 1024;
  const auto tenths = static_cast<std::uint64_t>(std::floor(size * 10));
  std::string text = std::to_string(tenths / 10);
  if (tenths < 100 && tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text + " " + kUnits[unit];
}

std::string count_words(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string entities(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " entity" : " entities");
}

std::string with_capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string text_at(const Json& object, const char* key) {
  const auto& value = part_at(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}

std::uint64_t count_at(const Json& object, const char* key) {
  const auto& value = part_at(object, key);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

double number_at(const Json& object, const char* key) {
  const auto& value = part_at(object, key);
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

bool fact_at(const Json& object, const char* key) {
  const auto& value = part_at(object, key);
  return value.is_boolean() && value.get<bool>();
}

const Json& part_at(const Json& object, const char* key) {
  static const Json nothing = Json::array();
  if (!object.is_object()) return nothing;
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

std::vector<std::string> destination_sum(const Json& destination) {
  return sum(destination, {"stored", "delivered", "queued", "merged", "dead", "dropped"});
}

std::vector<std::string> source_sum(const Json& source) {
  return sum(source,
             {"received", "stored", "empty", "dead", "held", "rejected", "late", "duplicate"});
}

std::string wear_words(const Json& outbox) {
  const double gb = number_at(outbox, "flash_gb_per_year");
  if (std::isnan(gb)) return "a year's worth is not known before a day has passed";
  char text[64];
  std::snprintf(text, sizeof text, "%.2f GB a year at this rate", gb);
  return text;
}

std::string ago_words(const Json& destination) {
  const double seconds = number_at(destination, "last_success_seconds");
  return std::isnan(seconds) ? "-" : duration_words(seconds) + " ago";
}

std::string gap_words(const Json& gap) {
  const auto types = text_at(gap, "types");
  return count_words(count_at(gap, "rows"), "row") + " dropped (" + text_at(gap, "reason") +
         "), observed " + text_at(gap, "first_observed") + " to " + text_at(gap, "last_observed") +
         (types.empty() ? "" : ": " + types);
}

std::string devices_words(const Json& devices) {
  std::string text;
  for (const char* state : {"ok", "late", "missing", "waiting", "unwatched"}) {
    const auto count = count_at(devices, state);
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + state;
  }
  return text;
}

std::string absent_words(const Json& device) {
  return text_at(device, "name") + ", silent for " +
         duration_words(number_at(device, "silent_seconds")) + " and expected every " +
         duration_words(number_at(device, "expect_seconds"));
}

std::string autonomy_words(const Json& outbox) {
  constexpr double kTenYears = 10.0 * 365 * 24;
  const double hours = number_at(outbox, "autonomy_hours");
  if (std::isnan(hours)) return "-";
  if (hours >= kTenYears) return "years";
  if (hours >= 10) return std::to_string(std::lround(std::floor(hours))) + " h";
  return duration_words(hours * 3600);
}

}  // namespace lamppost::status
