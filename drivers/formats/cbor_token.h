// SPDX-License-Identifier: Apache-2.0
// The next head of a CBOR item, with its bytes when it is a string (RFC 8949, section 3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lamppost::formats {

struct CborToken {
  enum class Kind {
    kUnsigned,
    kNegative,  // -1 - number
    kReal,
    kBytes,
    kText,
    kChunkedBytes,
    kChunkedText,
    kArray,
    kMap,
    kOpenArray,  // of a length that only its break tells
    kOpenMap,
    kTag,
    kBoolean,
    kNull,
    kBreak,
  };
  Kind kind = Kind::kNull;
  std::uint64_t number = 0;
  double real = 0;
  std::string_view bytes;
};
enum class CborStep { kToken, kEnd, kBad };

// Reads the token at `at` and moves `at` behind it. Allocates nothing. kEnd: the bytes stop within
// the token. kBad: a code that means nothing.
CborStep next_token(std::string_view bytes, std::size_t& at, CborToken& token);

}  // namespace lamppost::formats
