// SPDX-License-Identifier: Apache-2.0
// 64 bits that stand for a text where the text itself would take too much room. The same on every
// machine of one byte order. It finds chance equality, not an attacker's: whoever can craft a
// reading can as well write a false one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace lamppost {

class Fingerprint {
 public:
  Fingerprint& add(std::uint64_t word) {
    // A large odd multiplier and a fold spread every bit over the whole word.
    value_ = (value_ ^ word) * 0x9E3779B97F4A7C15ULL;
    value_ ^= value_ >> 32;
    return *this;
  }
  // The length goes in, too: "ab", "c" is not "a", "bc".
  Fingerprint& add(std::string_view bytes) {
    add(std::uint64_t{bytes.size()});
    while (!bytes.empty()) {
      std::uint64_t word = 0;
      const auto taken = std::min(bytes.size(), sizeof word);
      std::memcpy(&word, bytes.data(), taken);
      add(word);
      bytes.remove_prefix(taken);
    }
    return *this;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0x243F6A8885A308D3ULL;
};

}  // namespace lamppost
