// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/json_string.h"

namespace lamppost::formats {
namespace {

void append_utf8(std::string& out, unsigned code) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

// Appends what the \u escape at raw[at] says; returns where the text goes on.
std::size_t append_unicode(std::string& out, std::string_view raw, std::size_t at) {
  const unsigned unit = utf16_unit(raw, at + 2);
  if (!is_high_surrogate(unit)) {
    append_utf8(out, unit);
    return at + 6;
  }
  append_utf8(out, 0x10000 + ((unit - 0xD800) << 10) + (utf16_unit(raw, at + 8) - 0xDC00));
  return at + 12;
}

}  // namespace

unsigned utf16_unit(std::string_view raw, std::size_t at) {
  unsigned unit = 0;
  for (const char c : raw.substr(at, 4))
    unit = unit * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  return unit;
}

void unescape(std::string_view raw, std::string& out) {
  constexpr std::string_view kShort = "bfnrt", kMeaning = "\b\f\n\r\t";
  out.clear();
  out.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size();) {
    if (raw[at] != '\\') {
      out += raw[at++];
    } else if (raw[at + 1] == 'u') {
      at = append_unicode(out, raw, at);
    } else {
      const auto meaning = kShort.find(raw[at + 1]);
      out += meaning == kShort.npos ? raw[at + 1] : kMeaning[meaning];
      at += 2;
    }
  }
}

}  // namespace lamppost::formats
