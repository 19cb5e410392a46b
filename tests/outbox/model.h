// SPDX-License-Identifier: Apache-2.0
// An outbox as a few lists: what any history of a real one is held against.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "outbox_words.h"

namespace lamppost::outbox {

// What went other than the reference says.
struct Broken {
  std::string what;
};

inline void demand(bool kept, const std::string& what) {
  if (!kept) throw Broken{what};
}

struct ModelRow {
  std::string entity, payload;
  milliseconds stored{0};
  bool safe = false;  // from a power cut
  bool in_flight = false;
  milliseconds ready_at{0};  // of the entity, while this row is its oldest
};

struct Model {
  std::map<std::string, std::deque<ModelRow>> queues;
  std::uint64_t stored = 0, delivered = 0, dead = 0;

  // What next_batch may give, oldest first. Which of it is its own affair, but the first has its
  // turn within four batches.
  std::vector<ModelRow*> eligible(const std::string& destination, milliseconds now) {
    std::set<std::string> passed;
    std::vector<ModelRow*> rows;
    for (auto& row : queues[destination]) {
      if (!passed.insert(row.entity).second) continue;
      if (row.in_flight || row.ready_at > now) continue;
      rows.push_back(&row);
    }
    return rows;
  }
  std::size_t rows() const {
    std::size_t count = 0;
    for (const auto& [name, queue] : queues) count += queue.size();
    return count;
  }
  void forget_runtime() {
    for (auto& [name, rows] : queues)
      for (auto& row : rows) {
        row.in_flight = false;
        row.ready_at = kNow;
      }
  }
};

}  // namespace lamppost::outbox
