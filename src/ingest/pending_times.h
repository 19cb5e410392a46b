// SPDX-License-Identifier: Apache-2.0
// Times by key of readings that are judged and not stored yet. As many as one commit brings along;
// the room for them is kept from one group of readings to the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace lamppost::ingest {

// Not thread-safe. Open addressing; a slot counts when it is of the present round.
class PendingTimes {
 public:
  void clear() {
    ++round_;
    used_ = 0;
  }
  bool empty() const { return used_ == 0; }
  std::optional<std::int64_t> find(std::uint64_t key) const {
    const Slot& slot = slots_[place_of(key)];
    if (slot.round != round_) return std::nullopt;
    return slot.ms;
  }
  void put(std::uint64_t key, std::int64_t ms) {
    if (2 * used_ >= slots_.size()) grow();
    Slot& slot = slots_[place_of(key)];
    if (slot.round != round_) ++used_;
    slot = {key, ms, round_};
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::int64_t ms = 0;
    std::uint64_t round = 0;
  };

  // Where the key is, or would be: half of the slots at least are free.
  std::size_t place_of(std::uint64_t key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>(key) & mask;
    while (slots_[at].round == round_ && slots_[at].key != key) at = (at + 1) & mask;
    return at;
  }
  void grow() {
    const auto before = std::move(slots_);
    slots_.assign(2 * before.size(), {});
    for (const Slot& slot : before)
      if (slot.round == round_) slots_[place_of(slot.key)] = slot;
  }

  std::vector<Slot> slots_{64};
  std::uint64_t round_ = 1;
  std::size_t used_ = 0;
};

}  // namespace lamppost::ingest
