// SPDX-License-Identifier: Apache-2.0
#include "outbox/inbox.h"

#include <algorithm>
#include <tuple>

namespace lamppost::outbox {

void Inbox::load(Unknown entry) {
  const auto id = entry.id;
  std::pair key{entry.source, entry.topic};
  entries_.insert_or_assign(std::move(key), std::move(entry));
  if (entries_.size() <= kMaxUnknown) return;
  // The longest silent topic makes room, never the one that just spoke.
  const auto silent =
      std::min_element(entries_.begin(), entries_.end(), [id](const auto& left, const auto& right) {
        return std::tuple(left.second.id == id, left.second.last, left.second.id) <
               std::tuple(right.second.id == id, right.second.last, right.second.id);
      });
  entries_.erase(silent);
}

Unknown Inbox::entry_for(const Unknown& reading, std::int64_t id) const {
  Unknown entry = reading;
  entry.id = id;
  entry.count = std::max<std::uint64_t>(1, reading.count);
  if (entry.payload.size() > kMaxUnknownBytes) entry.payload.resize(kMaxUnknownBytes);
  const auto found = entries_.find({reading.source, reading.topic});
  if (found == entries_.end()) return entry;
  entry.id = found->second.id;
  entry.count += found->second.count;
  entry.first = std::min(entry.first, found->second.first);
  return entry;
}

std::vector<Unknown> Inbox::newest(std::size_t limit) const {
  std::vector<Unknown> list;
  for (const auto& [key, entry] : entries_) list.push_back(entry);
  std::sort(list.begin(), list.end(), [](const auto& left, const auto& right) {
    return std::tuple(right.last, right.id) < std::tuple(left.last, left.id);
  });
  if (list.size() > limit) list.resize(limit);
  return list;
}

}  // namespace lamppost::outbox
