// SPDX-License-Identifier: Apache-2.0
// The inbox of unknown readings: the newest of each source and topic, with a count. Small enough to
// be held in memory whole; the shelves keep copies of its entries.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "outbox/outbox.h"

namespace lamppost::outbox {

// A sample to learn a topic from need not be complete.
inline constexpr std::size_t kMaxUnknownBytes = 16 * 1024;

class Inbox {
 public:
  // An entry as a shelf has it; a later call overrides an earlier one.
  void load(Unknown entry);
  // The entry that this reading makes, not yet in the inbox; `id` is for a new topic.
  Unknown entry_for(const Unknown& reading, std::int64_t id) const;
  // Newest first.
  std::vector<Unknown> newest(std::size_t limit) const;
  std::size_t size() const { return entries_.size(); }

 private:
  std::map<std::pair<std::string, std::string>, Unknown> entries_;
};

}  // namespace lamppost::outbox
