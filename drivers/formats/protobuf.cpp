// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/protobuf.h"

namespace lamppost::formats {

bool ProtoReader::varint(std::uint64_t& number) {
  number = 0;
  for (unsigned shift = 0; shift < 70 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_[0]);
    rest_.remove_prefix(1);
    if (shift == 63 && byte > 1) return false;  // beyond 64 bits
    number |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

bool ProtoReader::fixed(std::size_t size, std::uint64_t& number) {
  if (rest_.size() < size) return false;
  number = 0;
  for (std::size_t i = 0; i < size; ++i)
    number |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
  rest_.remove_prefix(size);
  return true;
}

bool ProtoReader::value(ProtoField& field) {
  if (field.wire == 0) return varint(field.bits);
  if (field.wire == 1) return fixed(8, field.bits);
  if (field.wire == 5) return fixed(4, field.bits);
  std::uint64_t length = 0;
  if (field.wire != 2 || !varint(length) || length > rest_.size()) return false;
  field.bytes = rest_.substr(0, static_cast<std::size_t>(length));
  rest_.remove_prefix(field.bytes.size());
  return true;
}

bool ProtoReader::next(ProtoField& field) {
  if (rest_.empty() || !good_) return false;
  std::uint64_t key = 0;
  field = {};
  good_ = varint(key) && key >> 3 != 0 && key >> 3 <= 0x1FFF'FFFF;
  field.number = static_cast<std::uint32_t>(key >> 3);
  field.wire = static_cast<int>(key & 7);
  good_ = good_ && value(field);
  return good_;
}

}  // namespace lamppost::formats
