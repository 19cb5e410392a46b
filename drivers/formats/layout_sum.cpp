// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/layout_sum.h"

#include "drivers/formats/layout_value.h"

namespace lamppost::formats {
namespace {

Error malformed(std::string text) { return Error{Fault::kMalformed, std::move(text), ""}; }

std::uint64_t sum_of(Checksum::Kind kind, std::string_view bytes) {
  using Kind = Checksum::Kind;
  std::uint32_t sum = 0;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (kind != Kind::kXor8 && kind != Kind::kCrc8) sum += byte;
    if (kind == Kind::kXor8 || kind == Kind::kCrc8) sum ^= byte;
    for (int bit = 0; kind == Kind::kCrc8 && bit < 8; ++bit)
      sum = (sum << 1U ^ ((sum & 0x80) != 0 ? 0x07U : 0U)) & 0xFF;
  }
  return kind == Kind::kSum16 ? sum & 0xFFFF : sum & 0xFF;
}

}  // namespace

Result<void> check_sum(const Checksum& sum, std::string_view bytes, bool big_endian) {
  using Kind = Checksum::Kind;
  if (sum.kind == Kind::kNone) return {};
  if (bytes.size() < sum.from + sum.before_end || bytes.size() < sum.from_end)
    return malformed("truncated: the sum of a frame of " + std::to_string(bytes.size()) +
                     " bytes lies outside of it");
  const std::uint64_t counted =
      sum_of(sum.kind, bytes.substr(sum.from, bytes.size() - sum.from - sum.before_end));
  const std::size_t width = sum.kind == Kind::kSum16 ? 2 : 1;
  const std::uint64_t told = sum.kind == Kind::kZero8
                                 ? 0
                                 : number_at(bytes, bytes.size() - sum.from_end, width, big_endian);
  if (told == counted) return {};
  return malformed("the checksum is " + std::to_string(told) + ", the bytes make " +
                   std::to_string(counted));
}

}  // namespace lamppost::formats
