// SPDX-License-Identifier: Apache-2.0
// What does not compress well, so that a test takes about the room on disk that it asks for.
#pragma once

#include <cstddef>
#include <random>
#include <string>

namespace lamppost {

// Text that compresses to three quarters and no further.
inline std::string noise(std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string text(size, ' ');
  for (char& letter : text) letter = static_cast<char>('?' + random() % 64);
  return text;
}

// Bytes that compress not at all.
inline std::string pure_noise(std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string bytes(size, ' ');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

}  // namespace lamppost
