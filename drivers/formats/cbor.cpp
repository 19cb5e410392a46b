// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/cbor.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "core/json_text.h"
#include "drivers/formats/cbor_token.h"
#include "drivers/formats/number.h"

namespace lamppost::formats {
namespace {

using Kind = CborToken::Kind;

// RFC 4648, section 5, without padding.
std::string base64url(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<std::uint8_t>(c);
    for (held += 8; held >= 6; held -= 6) out += kAlphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) out += kAlphabet[bits << (6 - held) & 63];
  return out;
}

Json negative(std::uint64_t number) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (number <= kMax) return -1 - static_cast<std::int64_t>(number);
  return -1.0 - static_cast<double>(number);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool item(Json& out) { return next() && value(out); }
  bool end() { return at_ == bytes_.size() || fail("something after the item"); }
  Error error() const { return Error{Fault::kMalformed, "not CBOR: " + fault_, ""}; }

 private:
  // Reads one token.
  bool next();
  // Makes a value of the token just read, reading on as far as it goes.
  bool value(Json& out);
  bool array(Json& out);
  bool map(Json& out);
  bool key(std::string& out);
  bool chunks(Json& out);
  bool text(std::string_view bytes, Json& out);
  bool tagged(Json& out);
  bool decimal_fraction(Json& out);
  // True while a container whose token was `start` has another item; that item's token is read.
  bool more(const CborToken& start, std::uint64_t done);

  bool deeper() { return ++depth_ <= kMaxCborDepth || fail("nested deeper than 64 levels"); }
  bool shallower() {
    --depth_;
    return fault_.empty();
  }
  bool fail(const std::string& what) {
    if (fault_.empty()) fault_ = what + " at byte " + std::to_string(at_);
    return false;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  int depth_ = 0;
  CborToken token_;
  std::string fault_;
};

bool Reader::next() {
  switch (next_token(bytes_, at_, token_)) {
    case CborStep::kToken:
      return true;
    case CborStep::kEnd:
      return fail("the payload ends within the item that starts");
    case CborStep::kBad:
      break;
  }
  return fail("an unassigned code");
}

bool Reader::value(Json& out) {
  switch (token_.kind) {
    case Kind::kUnsigned:
      out = token_.number;
      return true;
    case Kind::kNegative:
      out = negative(token_.number);
      return true;
    case Kind::kReal:
      out = std::isfinite(token_.real) ? Json(token_.real) : Json();
      return true;
    case Kind::kBoolean:
      out = token_.number != 0;
      return true;
    case Kind::kNull:
      out = nullptr;
      return true;
    case Kind::kBytes:
      out = base64url(token_.bytes);
      return true;
    case Kind::kText:
      return text(token_.bytes, out);
    case Kind::kChunkedBytes:
    case Kind::kChunkedText:
      return chunks(out);
    case Kind::kArray:
    case Kind::kOpenArray:
      return deeper() && array(out) && shallower();
    case Kind::kMap:
    case Kind::kOpenMap:
      return deeper() && map(out) && shallower();
    case Kind::kTag:
      return deeper() && tagged(out) && shallower();
    case Kind::kBreak:
      break;
  }
  return fail("a break outside of anything open");
}

bool Reader::more(const CborToken& start, std::uint64_t done) {
  const bool open = start.kind == Kind::kOpenArray || start.kind == Kind::kOpenMap;
  if (!open && done == start.number) return false;
  return next() && !(open && token_.kind == Kind::kBreak);
}

bool Reader::array(Json& out) {
  const CborToken start = token_;
  out = Json::array();
  for (std::uint64_t done = 0; more(start, done); ++done)
    if (!value(out.emplace_back())) return false;
  return fault_.empty();
}

bool Reader::map(Json& out) {
  const CborToken start = token_;
  out = Json::object();
  for (std::uint64_t done = 0; more(start, done); ++done) {
    std::string name;
    if (!key(name)) return false;
    if (out.contains(name)) return fail("a repeated map key before");
    if (!item(out[name])) return false;
  }
  return fault_.empty();
}

// The token of the key has been read.
bool Reader::key(std::string& out) {
  if (token_.kind >= Kind::kArray || token_.kind == Kind::kReal)
    return fail("a map key that is neither text nor integer");
  Json any;
  if (!value(any)) return false;
  out = any.is_string() ? any.get<std::string>() : any.dump();
  return true;
}

bool Reader::chunks(Json& out) {
  const Kind kind = token_.kind == Kind::kChunkedText ? Kind::kText : Kind::kBytes;
  std::string joined;
  while (next() && token_.kind != Kind::kBreak) {
    if (token_.kind != kind) return fail("a chunk of another kind in a string before");
    joined += token_.bytes;
  }
  if (!fault_.empty()) return false;
  if (kind == Kind::kText) return text(joined, out);
  out = base64url(joined);
  return true;
}

bool Reader::text(std::string_view bytes, Json& out) {
  if (!is_utf8(bytes)) return fail("text that is not UTF-8 before");
  out = std::string(bytes);
  return true;
}

bool Reader::tagged(Json& out) {
  const std::uint64_t tag = token_.number;
  if (tag == 2 || tag == 3 || tag == 5) return fail("a number larger than 64 bits (tag)");
  if (!item(out)) return false;
  return tag != 4 || decimal_fraction(out);
}

// Tag 4, RFC 8949 section 3.4.4: [exponent, mantissa] means mantissa * 10^exponent. Read as text,
// so that [-2, 27315] is exactly the 273.15 that JSON would give.
bool Reader::decimal_fraction(Json& out) {
  const bool pair =
      out.is_array() && out.size() == 2 && out[0].is_number_integer() && out[1].is_number_integer();
  const auto number = pair ? parse_number(out[1].dump() + "e" + out[0].dump()) : std::nullopt;
  if (!number) return fail("no good decimal fraction before");
  out = *number;
  return true;
}

}  // namespace

Result<Json> cbor_to_json(std::string_view bytes) {
  if (bytes.empty()) return Error{Fault::kMalformed, "not CBOR: the payload is empty", ""};
  Reader reader(bytes);
  Json out;
  if (!reader.item(out) || !reader.end()) return reader.error();
  return out;
}

bool is_cbor(std::string_view content_type) {
  return content_type.find("cbor") != content_type.npos;
}

}  // namespace lamppost::formats
