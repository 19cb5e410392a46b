// SPDX-License-Identifier: Apache-2.0
#include "core/percent.h"

#include "core/ascii.h"

namespace lamppost {

std::string percent_encoded(std::string_view text, std::string_view marks) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alphanumeric(c) || marks.find(c) != std::string_view::npos)
      encoded += c;
    else
      encoded.append("%").append(1, kHex[byte >> 4U]).append(1, kHex[byte & 0xFU]);
  }
  return encoded;
}

}  // namespace lamppost
