// SPDX-License-Identifier: Apache-2.0
#include "core/json_text.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace lamppost {
namespace {

// Length of the well-formed UTF-8 sequence at the start of `bytes` (not empty), 0 when it is none.
std::size_t sequence_length(std::string_view bytes) {
  const auto at = [&](std::size_t i) {
    return i < bytes.size() ? static_cast<std::uint8_t>(bytes[i]) : std::uint8_t{0};
  };
  const auto tail = [&](std::size_t i) { return (at(i) & 0xC0) == 0x80; };
  const std::uint8_t lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && at(1) < 0xA0;
    const bool surrogate = lead == 0xED && at(1) > 0x9F;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && at(1) < 0x90;
    const bool too_high = lead == 0xF4 && at(1) > 0x8F;
    return tail(1) && tail(2) && tail(3) && !overlong && !too_high ? 4 : 0;
  }
  return 0;
}

// Whether all eight bytes stand for themselves: none below 0x20 or from 0x80 on, no '"', no '\\'.
bool is_plain(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x80 * kOnes;
  const auto without = [](std::uint64_t bytes, std::uint64_t least) {
    return (bytes - least * kOnes) & ~bytes;  // a high bit where a byte lies below `least`
  };
  const auto marked = word | without(word, 0x20) | without(word ^ ('"' * kOnes), 1) |
                      without(word ^ ('\\' * kOnes), 1);
  return (marked & kHighs) == 0;
}

// How many bytes at the start stand for themselves: nearly all of nearly every string.
std::size_t plain_length(std::string_view bytes) {
  std::size_t length = 0;
  for (std::uint64_t word; length + sizeof word <= bytes.size(); length += sizeof word) {
    std::memcpy(&word, bytes.data() + length, sizeof word);
    if (!is_plain(word)) break;
  }
  for (; length < bytes.size(); ++length) {
    const auto byte = static_cast<std::uint8_t>(bytes[length]);
    if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') break;
  }
  return length;
}

void append_control(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '\0':
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[static_cast<std::uint8_t>(c) >> 4];
      out += kHex[static_cast<std::uint8_t>(c) & 15];
  }
}

template <typename Number>
void append_any_number(std::string& out, Number number) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t plain = plain_length(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char c = text[0];
    const std::size_t length = sequence_length(text);
    if (length == 1 && (c == '"' || c == '\\')) {
      out += '\\';
      out += c;
    } else if (length == 1 && static_cast<std::uint8_t>(c) < 0x20) {
      append_control(out, c);
    } else if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

void append_number(std::string& out, double number) { append_any_number(out, number); }

std::string number_text(double number) {
  std::string text;
  append_number(text, number);
  return text;
}

void append_json(std::string& out, const Json& value) {
  switch (value.type()) {
    case Json::value_t::string:
      append_string(out, value.get_ref<const std::string&>());
      return;
    case Json::value_t::number_float:
      append_any_number(out, value.get<double>());
      return;
    case Json::value_t::number_integer:
      append_any_number(out, value.get<std::int64_t>());
      return;
    case Json::value_t::number_unsigned:
      append_any_number(out, value.get<std::uint64_t>());
      return;
    case Json::value_t::array: {
      out += '[';
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        append_json(out, value[i]);
      }
      out += ']';
      return;
    }
    case Json::value_t::object: {
      out += '{';
      bool first = true;
      for (const auto& [key, item] : value.items()) {
        if (!first) out += ',';
        first = false;
        append_string(out, key);
        out += ':';
        append_json(out, item);
      }
      out += '}';
      return;
    }
    default:
      out += value.dump();
  }
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = sequence_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

}  // namespace lamppost
