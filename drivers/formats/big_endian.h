// SPDX-License-Identifier: Apache-2.0
// Integers in network order, of 1 to 8 bytes.
#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>

namespace lamppost::formats {

inline std::uint64_t unsigned_of(std::string_view bytes) {
  assert(!bytes.empty() && bytes.size() <= 8);
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

// Two's complement in the width that the bytes have.
inline std::int64_t signed_of(std::string_view bytes) {
  const auto unused = 64 - 8 * bytes.size();
  return static_cast<std::int64_t>(unsigned_of(bytes) << unused) >> unused;
}

}  // namespace lamppost::formats
