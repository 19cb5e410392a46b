// SPDX-License-Identifier: Apache-2.0
#include "config/quantity.h"

#include <cctype>
#include <charconv>
#include <initializer_list>
#include <utility>

namespace lamppost::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr Unit kDurations[] = {
    {"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
constexpr Unit kSizes[] = {
    {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", std::int64_t{1} << 30}};

// 10,000 years in milliseconds and 64 PiB in bytes both lie below.
constexpr std::int64_t kMost = std::int64_t{1} << 56;
constexpr std::size_t kLongestAmount = 40;  // what a person might have meant

template <std::size_t N>
std::optional<std::int64_t> parse(std::string_view text, const Unit (&units)[N]) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, code] = std::from_chars(text.data(), end, count);
  if (code != std::errc() || count < 0) return std::nullopt;
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  for (const auto& [name, factor] : units)
    if (name == unit && count <= kMost / factor) return count * factor;
  return std::nullopt;
}

using Slips = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// "10 Seconds" -> "10" + unit that `slips` gives for "seconds".
std::string meant(std::string_view text, Slips slips) {
  if (text.size() > kLongestAmount) return "";
  std::string digits, unit;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isdigit(byte) && unit.empty())
      digits += c;
    else if (!std::isspace(byte))
      unit += static_cast<char>(std::tolower(byte));
  }
  if (digits.empty()) return "";
  for (const auto& [slip, right] : slips)
    if (slip == unit) return digits + std::string(right);
  return "";
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (const auto ms = parse(text, kDurations)) return std::chrono::milliseconds(*ms);
  return std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  if (const auto bytes = parse(text, kSizes)) return static_cast<std::uint64_t>(*bytes);
  return std::nullopt;
}

std::string meant_duration(std::string_view text) {
  return meant(text, {{"ms", "ms"},       {"msec", "ms"},   {"milliseconds", "ms"},
                      {"s", "s"},         {"sec", "s"},     {"secs", "s"},
                      {"second", "s"},    {"seconds", "s"}, {"m", "min"},
                      {"min", "min"},     {"mins", "min"},  {"minute", "min"},
                      {"minutes", "min"}, {"h", "h"},       {"hr", "h"},
                      {"hour", "h"},      {"hours", "h"},   {"d", "d"},
                      {"day", "d"},       {"days", "d"}});
}

std::string meant_size(std::string_view text) {
  return meant(text, {{"b", "B"},
                      {"byte", "B"},
                      {"bytes", "B"},
                      {"k", "KiB"},
                      {"kb", "KiB"},
                      {"kib", "KiB"},
                      {"m", "MiB"},
                      {"mb", "MiB"},
                      {"mib", "MiB"},
                      {"g", "GiB"},
                      {"gb", "GiB"},
                      {"gib", "GiB"}});
}

}  // namespace lamppost::config
