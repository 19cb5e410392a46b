// SPDX-License-Identifier: Apache-2.0
#include "core/log.h"

#include <cstdint>

namespace lamppost {

std::string printable(std::string_view bytes, std::size_t limit) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (const char c : bytes.substr(0, limit)) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0x20 && byte < 0x7F && c != '\\') {
      text += c;
    } else {
      text += "\\x";
      text += kHex[byte >> 4];
      text += kHex[byte & 15];
    }
  }
  return bytes.size() > limit ? text + "..." : text;
}

}  // namespace lamppost
