// SPDX-License-Identifier: Apache-2.0
#include "outbox/check_sum.h"

#include <zlib.h>

#include <utility>

namespace lamppost::outbox {
namespace {

class Crc {
 public:
  Crc& add(std::string_view bytes) {
    crc_ = crc32_z(crc_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    return *this;
  }
  // The same on every machine.
  Crc& add(std::int64_t number) {
    char bytes[8];
    for (int n = 0; n < 8; ++n)
      bytes[n] = static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * n) & 0xff);
    return add({bytes, sizeof bytes});
  }
  std::int64_t sum() const { return static_cast<std::int64_t>(crc_); }

 private:
  uLong crc_ = crc32_z(0, nullptr, 0);
};

}  // namespace

std::int64_t sum_of(std::int64_t key, const Row& row, std::string_view packed) {
  return Crc()
      .add(key)
      .add(row.enqueued.ms)
      .add(row.observed_at.ms)
      .add(row.born_ms)
      .add(row.kind == RowKind::kHistory ? 1 : 0)
      .add(static_cast<std::int64_t>(row.priority))
      .add(row.entity)
      .add(packed)
      .sum();
}

std::int64_t sum_of(const DurableMarks& marks) {
  return Crc()
      .add(marks.instance)
      .add(marks.reserved)
      .add(marks.transfer)
      .add(marks.moved)
      .add(marks.age_ms)
      .add(marks.wall.ms)
      .sum();
}

void unpack_into(Row& row, std::int64_t key, std::string_view packed, std::int64_t sum,
                 Packer& packer) {
  // Version 1 did not pack. An entity begins with "{", which no packed row does.
  auto payload = packed.starts_with('{') ? std::string(packed) : packer.unpack(packed);
  row.damaged = !payload || !is_sound(sum, sum_of(key, row, packed));
  if (payload) row.payload = std::move(*payload);
}

}  // namespace lamppost::outbox
