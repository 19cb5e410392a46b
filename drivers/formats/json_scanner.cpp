// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/json_scanner.h"

#include <cstdint>

#include "core/json_text.h"
#include "drivers/formats/json_string.h"
#include "drivers/formats/number.h"

namespace lamppost::formats {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string shown(char c) {
  if (c == '"') return "'\"'";
  if (c > ' ' && c < 0x7F) return std::string("\"") + c + '"';
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto byte = static_cast<std::uint8_t>(c);
  return std::string("byte 0x") + kHex[byte >> 4] + kHex[byte & 15];
}

}  // namespace

JsonScanner::JsonScanner(std::string_view text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
}

char JsonScanner::peek() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
    ++at_;
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonScanner::fail(std::string what) {
  if (!failed_) fault_ = std::move(what);
  failed_ = true;
  return false;
}

bool JsonScanner::unexpected(std::string_view expected) {
  if (text_.empty()) return fail("the payload is empty");
  const std::string place = " at byte " + std::to_string(at_);
  if (at_ >= text_.size())
    return fail("unexpected end" + place + ", expected " + std::string(expected));
  for (const std::string_view word :
       {"NaN", "nan", "-NaN", "-nan", "Infinity", "-Infinity", "inf", "-inf"})
    if (text_.substr(at_).starts_with(word))
      return fail(std::string(word) + place + " is no JSON number");
  return fail("unexpected " + shown(text_[at_]) + place + ", expected " + std::string(expected));
}

bool JsonScanner::open(char bracket) {
  if (peek() != bracket) return unexpected(bracket == '{' ? "an object" : "an array");
  if (++depth_ > kMaxDepth)
    return fail("nested deeper than " + std::to_string(kMaxDepth) + " levels at byte " +
                std::to_string(at_));
  ++at_;
  return true;
}

bool JsonScanner::first(char close) {
  if (peek() != close) return true;
  ++at_;
  --depth_;
  return false;
}

bool JsonScanner::another(char close) {
  const char next = peek();
  if (next != ',' && next != close) {
    unexpected(close == '}' ? "\",\" or \"}\"" : "\",\" or \"]\"");
    return false;
  }
  ++at_;
  if (next == close) --depth_;
  return next == ',';
}

bool JsonScanner::key(std::string_view& out) {
  if (peek() != '"') return unexpected("a key in double quotes");
  Text seen;
  if (!text(seen)) return false;
  if (seen.escaped) unescape(seen.raw, key_);
  out = seen.escaped ? std::string_view(key_) : seen.raw;
  if (peek() != ':') return unexpected("\":\"");
  ++at_;
  return true;
}

bool JsonScanner::text(Text& out) {
  const std::size_t start = ++at_;
  bool ascii = true;
  while (at_ < text_.size() && text_[at_] != '"') {
    const char c = text_[at_];
    if (static_cast<std::uint8_t>(c) < 0x20)
      return unexpected("an escape (control characters may not stand in a string)");
    if (static_cast<std::uint8_t>(c) >= 0x80) ascii = false;
    if (c != '\\') {
      ++at_;
    } else {
      out.escaped = true;
      if (!escape()) return false;
    }
  }
  if (at_ >= text_.size()) return unexpected("the end of a string");
  out.raw = text_.substr(start, at_ - start);
  if (!ascii && !is_utf8(out.raw))
    return fail("invalid UTF-8 in the string at byte " + std::to_string(start - 1));
  ++at_;
  return true;
}

bool JsonScanner::escape() {
  ++at_;
  constexpr std::string_view kAllowed = "\"\\/bfnrtu";
  if (at_ >= text_.size() || kAllowed.find(text_[at_]) == kAllowed.npos)
    return unexpected("one of \"\\/bfnrtu after a backslash");
  if (text_[at_++] != 'u') return true;
  unsigned unit = 0;
  if (!hex4(unit)) return false;
  if (is_high_surrogate(unit)) {
    const bool paired = text_.substr(at_).starts_with("\\u");
    if (paired) at_ += 2;
    if (!paired || !hex4(unit) || !is_low_surrogate(unit))
      return unexpected("the second half of a surrogate pair");
  } else if (is_low_surrogate(unit)) {
    return fail("half a surrogate pair before byte " + std::to_string(at_));
  }
  return true;
}

bool JsonScanner::hex4(unsigned& unit) {
  for (const std::size_t end = at_ + 4; at_ < end; ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    const char lower = static_cast<char>(c | 0x20);
    if (!is_digit(c) && (lower < 'a' || lower > 'f')) return unexpected("four hexadecimal digits");
  }
  unit = utf16_unit(text_, at_ - 4);
  return true;
}

bool JsonScanner::digits() {
  const std::size_t start = at_;
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  return at_ > start || unexpected("a digit");
}

bool JsonScanner::number(std::string_view& out) {
  const auto here = [&] { return at_ < text_.size() ? text_[at_] : '\0'; };
  const std::size_t start = at_;
  if (here() == '-') ++at_;
  if (here() == 'I' || here() == 'i' || here() == 'N' || here() == 'n') at_ = start;  // -Infinity
  const std::size_t leading = at_;
  if (!digits()) return false;
  if (text_[leading] == '0' && at_ - leading > 1)
    return fail("a number with a leading zero at byte " + std::to_string(start));
  if (here() == '.') {
    ++at_;
    if (!digits()) return false;
  }
  if (here() == 'e' || here() == 'E') {
    ++at_;
    if (here() == '+' || here() == '-') ++at_;
    if (!digits()) return false;
  }
  out = text_.substr(start, at_ - start);
  return true;
}

bool JsonScanner::literal(std::string_view word) {
  if (!text_.substr(at_).starts_with(word)) return unexpected("a value");
  at_ += word.size();
  return true;
}

bool JsonScanner::skip() {
  switch (peek()) {
    case '{':
      return object([this](std::string_view) { return skip(); });
    case '[':
      return array([this] { return skip(); });
    case '"': {
      Text ignored;
      return text(ignored);
    }
    case 't':
      return literal("true");
    case 'f':
      return literal("false");
    case 'n':
      return literal("null");
    default:
      break;
  }
  std::string_view ignored;
  return is_digit(peek()) || peek() == '-' ? number(ignored) : unexpected("a value");
}

bool JsonScanner::string_value(Json& out) {
  Text seen;
  if (!text(seen)) return false;
  out = std::string();
  auto& target = out.get_ref<std::string&>();
  if (seen.escaped)
    unescape(seen.raw, target);
  else
    target = seen.raw;
  return true;
}

bool JsonScanner::number_value(Json& out) {
  const std::size_t start = at_;
  std::string_view written;
  if (!number(written)) return false;
  auto parsed = parse_number(written);
  if (!parsed)
    return fail("a number beyond the range of 64-bit reals at byte " + std::to_string(start));
  out = std::move(*parsed);
  return true;
}

bool JsonScanner::value(Json& out) {
  const char next = peek();
  switch (next) {
    case '{':
      out = Json::object();
      return object([&](std::string_view name) { return value(out[std::string(name)]); });
    case '[':
      out = Json::array();
      return array([&] { return value(out.emplace_back()); });
    case '"':
      return string_value(out);
    case 't':
    case 'f':
      out = next == 't';
      return literal(next == 't' ? "true" : "false");
    case 'n':
      out = nullptr;
      return literal("null");
    default:
      return is_digit(next) || next == '-' ? number_value(out) : unexpected("a value");
  }
}

bool JsonScanner::end() {
  peek();
  if (at_ == text_.size()) return !failed_;
  return unexpected("nothing after the value");
}

}  // namespace lamppost::formats
