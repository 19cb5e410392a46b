// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/mbus_record.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <optional>

#include "core/hex.h"
#include "core/json_text.h"
#include "drivers/formats/big_endian.h"
#include "drivers/formats/mbus_quantity.h"
#include "drivers/formats/number.h"

namespace lamppost::formats {
namespace {

constexpr std::size_t kMaxExtensions = 10;  // DIFEs, EN 13757-3, 6.3
constexpr std::size_t kMaxExponent = 30;

Error malformed(const std::string& what, std::size_t at) {
  return Error{Fault::kMalformed, "not M-Bus: " + what + " at byte " + std::to_string(at), ""};
}

std::string reversed(std::string_view bytes) { return {bytes.rbegin(), bytes.rend()}; }

struct Head {
  unsigned coding = 0, function = 0;
  std::uint64_t storage = 0, tariff = 0, unit = 0;
};

std::optional<Head> read_head(std::string_view bytes, std::size_t& at) {
  auto byte = static_cast<std::uint8_t>(bytes[at++]);
  Head head{byte & 15U, (byte >> 4U) & 3U, (byte >> 6U) & 1U, 0, 0};
  for (unsigned i = 0; (byte & 0x80) != 0; ++i) {
    if (i == kMaxExtensions || at >= bytes.size()) return std::nullopt;
    byte = static_cast<std::uint8_t>(bytes[at++]);
    head.storage |= std::uint64_t{byte & 15U} << (1 + 4 * i);
    head.tariff |= std::uint64_t{(byte >> 4U) & 3U} << (2 * i);
    head.unit |= std::uint64_t{(byte >> 6U) & 1U} << i;
  }
  return head;
}

std::string name_of(const Head& head, const std::string& quantity) {
  constexpr std::array<const char*, 4> kFunctions = {"", "_max", "_min", "_error"};
  std::string name = quantity + kFunctions[head.function];
  if (head.storage != 0) name += "_storage_" + std::to_string(head.storage);
  if (head.tariff != 0) name += "_tariff_" + std::to_string(head.tariff);
  if (head.unit != 0) name += "_unit_" + std::to_string(head.unit);
  return name;
}

// How many bytes of data: what the DIF says, or the first of them (LVAR).
constexpr std::array<std::uint8_t, 16> kWidths = {0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0};
constexpr unsigned kReal = 5, kVariable = 13;
bool is_bcd(unsigned coding) { return coding >= 9 && coding != kVariable; }

Json scaled(const MbusQuantity& quantity, double number) {
  double value = number * quantity.multiplier;
  const auto power = std::pow(
      10.0, std::min<double>(std::abs(quantity.exponent), static_cast<double>(kMaxExponent)));
  value = quantity.exponent < 0 ? value / power : value * power;
  value += quantity.offset;
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json number_value(const MbusQuantity& quantity, std::int64_t number) {
  const bool is_plain = quantity.exponent == 0 && quantity.multiplier == 1 && quantity.offset == 0;
  return is_plain ? Json(number) : scaled(quantity, static_cast<double>(number));
}

// "2014-03-13" of type G, "2014-03-13T11:11" of type F or I: local, and no zone is told. null for
// a day that is none, and where the meter says so itself.
Json date_value(std::string_view bytes, std::size_t begin, const char* time) {
  const auto low = static_cast<std::uint8_t>(bytes[begin]);
  const auto high = static_cast<std::uint8_t>(bytes[begin + 1]);
  const int day = low & 31, month = high & 15, year = low >> 5U | (high & 0xF0) >> 1U;
  if (day == 0 || month == 0 || month > 12 || year > 99) return nullptr;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "20%02d-%02d-%02d", year, month, day);
  return std::string(text.data()) + time;
}

Json time_value(std::string_view bytes) {
  const std::size_t begin = bytes.size() == 6 ? 1 : 0;  // type I begins with the seconds
  if (bytes.size() != 4 && bytes.size() != 6) return nullptr;
  const int minute = bytes[begin] & 63, hour = bytes[begin + 1] & 31;
  const bool is_none = begin == 0 && (bytes[0] & 0x80) != 0;
  if (is_none || minute > 59 || hour > 23) return nullptr;
  std::array<char, 8> time{};
  std::snprintf(time.data(), time.size(), "T%02d:%02d", hour, minute);
  return date_value(bytes, begin + 2, time.data());
}

Json fixed_value(const MbusQuantity& quantity, unsigned coding, std::string_view bytes) {
  if (quantity.kind == MbusQuantity::Kind::kDateTime) return time_value(bytes);
  if (quantity.kind == MbusQuantity::Kind::kDate)
    return bytes.size() == 2 ? date_value(bytes, 0, "") : Json(nullptr);
  if (bytes.empty()) return nullptr;
  if (coding == kReal)
    return scaled(
        quantity,
        shortest(std::bit_cast<float>(static_cast<std::uint32_t>(unsigned_of(reversed(bytes))))));
  if (!is_bcd(coding)) return number_value(quantity, signed_of(reversed(bytes)));
  const auto number = mbus_bcd(bytes);
  return number ? number_value(quantity, *number) : Json(nullptr);
}

// LVAR: text, a long BCD number with or without a minus, or bytes.
std::optional<std::size_t> variable_size(std::uint8_t lvar) {
  if (lvar < 0xC0) return lvar;
  if (lvar < 0xF0) return lvar & 15U;
  if (lvar <= 0xF4) return (lvar - 0xECU) * 4;
  return lvar == 0xF5   ? std::optional<std::size_t>(48)
         : lvar == 0xF6 ? std::optional<std::size_t>(64)
                        : std::nullopt;
}

Json variable_value(const MbusQuantity& quantity, std::uint8_t lvar, std::string_view bytes) {
  const std::string text = reversed(bytes);
  if (lvar < 0xC0) return is_utf8(text) ? Json(text) : Json(to_hex(text));
  if (lvar >= 0xE0 || bytes.empty() || bytes.size() > 8) return to_hex(text);
  const auto number = mbus_bcd(bytes);
  if (!number) return nullptr;
  return number_value(quantity, lvar >= 0xD0 ? -*number : *number);
}

}  // namespace

std::optional<std::int64_t> mbus_bcd(std::string_view bytes) {
  std::int64_t number = 0;
  bool is_negative = false;
  for (std::size_t digit = bytes.size() * 2; digit-- > 0;) {
    const unsigned d = static_cast<std::uint8_t>(bytes[digit / 2]) >> (digit % 2 * 4) & 15U;
    const bool is_first = digit + 1 == bytes.size() * 2;
    if (d == 15 && is_first) is_negative = true;
    if (d > 9 && !(d == 15 && is_first)) return std::nullopt;
    number = number * 10 + (d > 9 ? 0 : static_cast<std::int64_t>(d));
  }
  return is_negative ? -number : number;
}

Result<MbusRecord> read_mbus_record(std::string_view bytes, std::size_t& at) {
  constexpr std::uint8_t kMakers = 0x0F, kMakersAndMore = 0x1F, kFiller = 0x2F;
  const std::size_t begin = at;
  const auto dif = static_cast<std::uint8_t>(bytes[at]);
  if (dif == kFiller) {
    ++at;
    return MbusRecord{};
  }
  if (dif == kMakers || dif == kMakersAndMore) {
    at = bytes.size();
    return MbusRecord{{}, true};
  }
  const auto head = read_head(bytes, at);
  if (!head) return malformed("the kind of a record is cut off", begin);
  const auto quantity = read_mbus_quantity(bytes, at);
  if (!quantity) return malformed("what a record is about is cut off", begin);
  MbusRecord record{{name_of(*head, quantity->name), nullptr, std::string(quantity->unit)}, false};
  std::optional<std::size_t> width = kWidths[head->coding];
  std::uint8_t lvar = 0;
  if (head->coding == 15) return malformed("a record of unknown kind", begin);
  if (head->coding == kVariable) {
    if (at >= bytes.size()) return malformed("the length of a record is cut off", begin);
    lvar = static_cast<std::uint8_t>(bytes[at++]);
    width = variable_size(lvar);
  }
  if (!width) return malformed("a record of unknown length", begin);
  if (*width > bytes.size() - at)
    return malformed(record.seen.name + " needs " + std::to_string(*width) + " bytes and has " +
                         std::to_string(bytes.size() - at),
                     begin);
  const std::string_view data = bytes.substr(at, *width);
  at += *width;
  record.seen.value = head->coding == kVariable ? variable_value(*quantity, lvar, data)
                                                : fixed_value(*quantity, head->coding, data);
  if (record.seen.value.is_string()) record.seen.unit.clear();
  return record;
}

bool is_mbus_record(std::string_view name) {
  for (const std::string_view word : {"_unit_", "_tariff_", "_storage_"})
    if (const std::size_t place = name.rfind(word); place != name.npos) {
      const std::string_view number = name.substr(place + word.size());
      if (number.empty() || number.find_first_not_of("0123456789") != number.npos) return false;
      name = name.substr(0, place);
    }
  for (const std::string_view word : {"_max", "_min", "_error"})
    if (name.ends_with(word)) name.remove_suffix(word.size());
  return is_mbus_quantity(name);
}

}  // namespace lamppost::formats
