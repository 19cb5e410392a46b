// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/number.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace lamppost::formats {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// All of `text` as a number of that type.
template <typename Number>
std::optional<Json> whole(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  if (fault != std::errc() || stop != end) return std::nullopt;
  return Json(number);
}

// from_chars also knows "inf" and "nan"; a number for us starts with a digit or a point.
bool starts_number(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  return !text.empty() && (is_digit(text[0]) || text[0] == '.');
}

std::string_view without_plus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

// A unit starts with a letter, a percent sign or a sign outside ASCII (a degree, a micro); so
// "10:30" and "12-05" are no measures.
bool starts_suffix(char c) {
  return c == '%' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank(" \t\r\n\0", 5);
  const auto first = text.find_first_not_of(kBlank);
  if (first == text.npos) return text.substr(text.size());
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::optional<Json> parse_number(std::string_view text) {
  text = without_plus(trimmed(text));
  if (!starts_number(text)) return std::nullopt;
  const auto integer = text[0] == '-' ? whole<std::int64_t>(text) : whole<std::uint64_t>(text);
  return integer ? integer : whole<double>(text);
}

double shortest(float real) {
  std::array<char, 32> text{};
  const char* const end = std::to_chars(text.data(), text.data() + text.size(), real).ptr;
  double result = static_cast<double>(real);
  std::from_chars(text.data(), end, result);
  return result;
}

std::optional<Measure> parse_measure(std::string_view text) {
  text = without_plus(trimmed(text));
  if (!starts_number(text)) return std::nullopt;
  double ignored = 0;
  const char* const end = text.data() + text.size();
  const char* const stop = std::from_chars(text.data(), end, ignored).ptr;
  const auto length = static_cast<std::size_t>(stop - text.data());
  const auto number = parse_number(text.substr(0, length));
  const auto suffix = trimmed(text.substr(length));
  if (!number || (!suffix.empty() && !starts_suffix(suffix[0]))) return std::nullopt;
  return Measure{*number, suffix};
}

}  // namespace lamppost::formats
