// SPDX-License-Identifier: Apache-2.0
// Check sums of what lies on flash: CRC-32 (RFC 1952, 8) over the columns that decide where a row
// goes and when. A sum that was never written is kNoSum: files of former versions had none.
#pragma once

#include <cstdint>
#include <string_view>

#include "outbox/packing.h"
#include "outbox/row.h"

namespace lamppost::outbox {

inline constexpr std::int64_t kNoSum = -1;

// `key` is the row's in the table, `packed` its payload as it lies there. What changes in place by
// itself is not in it: attempts, and whether newer updates still merge into the row.
std::int64_t sum_of(std::int64_t key, const Row& row, std::string_view packed);
std::int64_t sum_of(const DurableMarks& marks);

inline bool is_sound(std::int64_t stored, std::int64_t computed) {
  return stored == kNoSum || stored == computed;
}

// Gives a row, of which all else is read, its payload, or says that it is damaged.
void unpack_into(Row& row, std::int64_t key, std::string_view packed, std::int64_t sum,
                 Packer& packer);

}  // namespace lamppost::outbox
