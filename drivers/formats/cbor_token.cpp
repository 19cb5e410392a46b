// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/cbor_token.h"

#include <cbor.h>

namespace lamppost::formats {
namespace {

using Kind = CborToken::Kind;

// Callbacks as generic lambdas, because libcbor 0.11 widens their length arguments.
template <Kind kind>
constexpr auto kNumber = [](void* token, auto number) {
  *static_cast<CborToken*>(token) = {kind, number, 0, {}};
};
template <Kind kind>
constexpr auto kString = [](void* token, cbor_data bytes, auto length) {
  const std::string_view view(reinterpret_cast<const char*>(bytes),
                              static_cast<std::size_t>(length));
  *static_cast<CborToken*>(token) = {kind, 0, 0, view};
};
template <Kind kind>
constexpr auto kPlain = [](void* token) {
  *static_cast<CborToken*>(token) = {kind, 0, 0, {}};
};
constexpr auto kReal = [](void* token, auto real) {
  *static_cast<CborToken*>(token) = {Kind::kReal, 0, static_cast<double>(real), {}};
};

cbor_callbacks token_callbacks() {
  cbor_callbacks on = cbor_empty_callbacks;
  on.uint8 = kNumber<Kind::kUnsigned>;
  on.uint16 = kNumber<Kind::kUnsigned>;
  on.uint32 = kNumber<Kind::kUnsigned>;
  on.uint64 = kNumber<Kind::kUnsigned>;
  on.negint8 = kNumber<Kind::kNegative>;
  on.negint16 = kNumber<Kind::kNegative>;
  on.negint32 = kNumber<Kind::kNegative>;
  on.negint64 = kNumber<Kind::kNegative>;
  on.byte_string = kString<Kind::kBytes>;
  on.string = kString<Kind::kText>;
  on.byte_string_start = kPlain<Kind::kChunkedBytes>;
  on.string_start = kPlain<Kind::kChunkedText>;
  on.array_start = kNumber<Kind::kArray>;
  on.map_start = kNumber<Kind::kMap>;
  on.indef_array_start = kPlain<Kind::kOpenArray>;
  on.indef_map_start = kPlain<Kind::kOpenMap>;
  on.tag = kNumber<Kind::kTag>;
  on.float2 = on.float4 = kReal;
  on.float8 = kReal;
  on.boolean = kNumber<Kind::kBoolean>;
  on.null = on.undefined = kPlain<Kind::kNull>;
  on.indef_break = kPlain<Kind::kBreak>;
  return on;
}

// A length of 64 bits may not fit this machine's size_t, and libcbor 0.8 would cut it. No payload
// is that long anyway.
bool is_absurd_length(std::string_view bytes) {
  const int lead = static_cast<std::uint8_t>(bytes[0]);
  const int major = lead >> 5;
  if ((lead & 31) != 27 || major < 2 || major > 5 || bytes.size() < 9) return false;
  return bytes.substr(1, 4) != std::string_view("\0\0\0\0", 4);
}

}  // namespace

CborStep next_token(std::string_view bytes, std::size_t& at, CborToken& token) {
  static const cbor_callbacks kCallbacks = token_callbacks();
  const std::string_view rest = bytes.substr(at);
  if (rest.empty() || is_absurd_length(rest)) return CborStep::kEnd;
  const auto* const data = reinterpret_cast<const unsigned char*>(rest.data());
  const auto done = cbor_stream_decode(data, rest.size(), &kCallbacks, &token);
  if (done.status == CBOR_DECODER_NEDATA) return CborStep::kEnd;
  if (done.status != CBOR_DECODER_FINISHED || done.read == 0) return CborStep::kBad;
  at += done.read;
  return CborStep::kToken;
}

}  // namespace lamppost::formats
