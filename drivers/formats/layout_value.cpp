// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/layout_value.h"
#include "core/hex.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/json_text.h"
#include "drivers/formats/number.h"

namespace lamppost::formats {

double tidy(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  const double magnitude = std::pow(10.0, 13 - std::floor(std::log10(std::abs(value))));
  const double rounded = std::round(value * magnitude) / magnitude;
  return std::isfinite(rounded) ? rounded : value;
}

namespace {

std::int64_t with_sign(std::uint64_t number, unsigned bits) {
  if (bits == 0) return 0;
  const unsigned unused = 64 - bits;
  return static_cast<std::int64_t>(number << unused) >> unused;
}

double calculated(const Field& field, double raw) {
  double value = raw;
  if (!field.poly.empty()) {
    value = 0;
    for (auto c = field.poly.rbegin(); c != field.poly.rend(); ++c) value = value * raw + *c;
    if (field.power != 1) value = std::pow(value, field.power);
    value = tidy(value);
  } else if (field.factor != 1 || field.offset != 0) {
    value = tidy(raw * field.factor / field.divisor + field.offset);
  } else {
    value = raw / field.divisor;
  }
  if (!field.decimals) return value;
  const double places = std::pow(10.0, *field.decimals);
  return std::round(value * places) / places;
}

Json finite(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

bool is_plain(const Field& field) {
  return field.poly.empty() && field.factor == 1 && field.divisor == 1 && field.offset == 0;
}

Json number_value(const Field& field, std::int64_t number, bool beyond) {
  const auto& none = field.sentinel;
  if (!beyond && std::find(none.begin(), none.end(), number) != none.end()) return nullptr;
  if (!field.words.empty() || field.otherwise) {
    const auto word = std::lower_bound(
        field.words.begin(), field.words.end(), number,
        [](const auto& known, std::int64_t wanted) { return known.first < wanted; });
    if (!beyond && word != field.words.end() && word->first == number) return word->second;
    if (field.otherwise) return *field.otherwise;
  }
  const double raw = beyond ? static_cast<double>(static_cast<std::uint64_t>(number))
                            : static_cast<double>(number);
  if (!is_plain(field)) return finite(calculated(field, raw));
  return beyond ? Json(static_cast<std::uint64_t>(number)) : Json(number);
}

// Binary coded decimals, first digit first; nullopt for a digit above nine.
std::optional<std::int64_t> bcd(std::uint64_t number, std::size_t width) {
  std::int64_t value = 0;
  for (std::size_t digit = width * 2; digit-- > 0;) {
    const std::uint64_t d = number >> (digit * 4) & 15;
    if (d > 9) return std::nullopt;
    value = value * 10 + static_cast<std::int64_t>(d);
  }
  return value;
}

Json hex_value(const Field& field, std::string_view bytes) {
  return to_hex(field.reversed ? std::string(bytes.rbegin(), bytes.rend()) : std::string(bytes));
}

Json text_value(std::string_view bytes) {
  const std::string_view text = bytes.substr(0, bytes.find('\0'));
  return is_utf8(text) ? Json(std::string(text)) : Json(to_hex(bytes));
}

Json float_value(const Field& field, std::uint64_t number) {
  const double value = field.width == 4
                           ? shortest(std::bit_cast<float>(static_cast<std::uint32_t>(number)))
                           : std::bit_cast<double>(number);
  return is_plain(field) && !field.decimals ? finite(value) : finite(calculated(field, value));
}

}  // namespace

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t width,
                        bool big_endian) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < width; ++i)
    number = number << 8 | static_cast<std::uint8_t>(bytes[at + (big_endian ? i : width - 1 - i)]);
  return number;
}

namespace {

std::uint64_t words_at(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < width; i += 2) number |= number_at(bytes, at + i, 2, true) << (i * 8);
  return number;
}

// The ranges behind one another, the first highest; `sum` is their bits.
std::uint64_t chosen_bits(std::uint64_t number, const std::vector<BitRange>& ranges,
                          unsigned& sum) {
  std::uint64_t chosen = 0;
  sum = 0;
  for (const BitRange& range : ranges) {
    const std::uint64_t mask = range.count < 64 ? (std::uint64_t{1} << range.count) - 1 : ~0ULL;
    chosen = (range.count < 64 ? chosen << range.count : 0) | (number >> range.lowest & mask);
    sum += range.count;
  }
  return chosen;
}

}  // namespace

Json value_at(const Field& field, std::string_view bytes, std::size_t at) {
  if (field.coding == Coding::kHex) return hex_value(field, bytes.substr(at, field.width));
  if (field.coding == Coding::kText) return text_value(bytes.substr(at, field.width));
  std::uint64_t number = field.low_word_first ? words_at(bytes, at, field.width)
                                              : number_at(bytes, at, field.width, field.big_endian);
  if (field.coding == Coding::kFloat) return float_value(field, number);
  if (field.coding == Coding::kBcd) {
    const auto decimal = bcd(number, field.width);
    return decimal ? number_value(field, *decimal, false) : Json(nullptr);
  }
  unsigned bits = static_cast<unsigned>(field.width * 8);
  if (!field.bits.empty()) number = chosen_bits(number, field.bits, bits);
  if (field.coding == Coding::kSigned) return number_value(field, with_sign(number, bits), false);
  return number_value(field, static_cast<std::int64_t>(number), number > INT64_MAX);
}

}  // namespace lamppost::formats
