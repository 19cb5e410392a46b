// SPDX-License-Identifier: Apache-2.0
// What was given up undelivered, as gaps (outbox.h). Held in memory whole; the shelves keep copies
// of its entries.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "outbox/outbox.h"

namespace lamppost::outbox {

// A row that is given up.
struct Loss {
  std::string destination, entity;
  Timestamp observed_at;
};

class GapBook {
 public:
  // Drops further apart than this are two gaps.
  static constexpr std::chrono::milliseconds kPause{10 * 60 * 1000};

  // An entry as a shelf has it. Of two states of one gap the one with more rows is the newer.
  void load(Gap gap);
  // The entries that these losses make or extend, not yet in the book.
  std::vector<Gap> with(const std::vector<Loss>& losses, const std::string& reason, Timestamp wall,
                        std::chrono::milliseconds now) const;
  // They are on a shelf. Returns those that have just begun.
  std::vector<Gap> keep(const std::vector<Gap>& entries, std::chrono::milliseconds now);
  // Takes leave of the gaps that nothing was added to for kPause.
  std::vector<Gap> take_ended(std::chrono::milliseconds now);

  const Gap* find(std::int64_t id) const;
  std::vector<Gap> newest() const;

 private:
  struct Open {
    std::int64_t id = 0;
    std::chrono::milliseconds last{0};
  };
  std::map<std::int64_t, Gap> gaps_;
  std::map<std::pair<std::string, std::string>, Open> open_;  // by destination and reason
};

// "city: 120 rows, observed 2026-03-01T11:00:00.000Z to ...Z: AirQualityObserved"
std::string to_text(const Gap& gap);

}  // namespace lamppost::outbox
