// SPDX-License-Identifier: Apache-2.0
// Text that compresses to three quarters and no further, so that a test takes about the room on
// disk that it asks for.
#pragma once

#include <cstddef>
#include <random>
#include <string>

namespace lamppost {

inline std::string noise(std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string text(size, ' ');
  for (char& letter : text) letter = static_cast<char>('?' + random() % 64);
  return text;
}

}  // namespace lamppost
