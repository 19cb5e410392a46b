// SPDX-License-Identifier: Apache-2.0
// Fields of one message on the wire of Protocol Buffers (protobuf.dev, "Encoding"):
//
//   varint   number << 3 | wire type
//   value    0: varint   1: 8 bytes   2: varint length and bytes   5: 4 bytes, little-endian
//
// Only the wire: which field means what is the reader's. Groups (wire types 3 and 4) are refused.
#pragma once

#include <cstdint>
#include <string_view>

namespace lamppost::formats {

struct ProtoField {
  std::uint32_t number = 0;
  int wire = 0;            // 0, 1, 2 or 5
  std::uint64_t bits = 0;  // of wire types 0, 1 and 5
  std::string_view bytes;  // of wire type 2

  bool is_bytes() const { return wire == 2; }
};

class ProtoReader {
 public:
  explicit ProtoReader(std::string_view message) : rest_(message) {}

  // False at the end, and when what follows is no field: then good() is false.
  bool next(ProtoField& field);
  bool good() const { return good_; }

 private:
  bool varint(std::uint64_t& number);
  bool fixed(std::size_t size, std::uint64_t& number);
  bool value(ProtoField& field);

  std::string_view rest_;
  bool good_ = true;
};

}  // namespace lamppost::formats
