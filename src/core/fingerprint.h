// SPDX-License-Identifier: Apache-2.0
// 64 bits that stand for a text where the text itself would take too much room. The same on every
// machine of one byte order. It finds chance equality, not an attacker's: whoever can craft a
// reading can as well write a false one.
#pragma once

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
  // The length goes in, too: "ab", "c" is not "a", "bc". Reads of fixed sizes cost no call.
  Fingerprint& add(std::string_view bytes) {
    add(std::uint64_t{bytes.size()});
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    for (; end - at >= 8; at += 8) add(word_at(at));
    if (at == end) return *this;
    if (bytes.size() >= 8) return add(word_at(end - 8));  // the last 8, again
    std::uint64_t word = 0;
    for (; at != end; ++at) word = word << 8 | static_cast<unsigned char>(*at);
    return add(word);
  }
  std::uint64_t value() const { return value_; }

 private:
  static std::uint64_t word_at(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
  }

  std::uint64_t value_ = 0x243F6A8885A308D3ULL;
};

}  // namespace lamppost
