// SPDX-License-Identifier: Apache-2.0
// Makes a ledger that was read from a damaged file add up again. Each number that can be read is
// kept; of a sum whose parts are there, the sum gives way.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "outbox/row.h"

namespace lamppost::outbox {

class LedgerRepair {
 public:
  // `queued`: rows that are there, by destination.
  LedgerRepair(Counters counters, std::map<std::string, std::uint64_t> queued);

  // So many rows of this destination are now dead letters.
  void bury(const std::string& destination, std::uint64_t rows);
  // Counts as dropped what the ledger calls queued and is neither there nor buried. By destination.
  std::map<std::string, std::uint64_t> drop_missing();
  // Returns the names whose numbers did not add up: "broker city", "source site".
  std::set<std::string> balance();
  // All of it but the queue's own page, which follows the rows.
  std::vector<Count> counts() const;

 private:
  std::int64_t get(Book book, const std::string& name, const char* word) const;
  std::set<std::string> names(Book book) const;

  Counters counters_;
  std::map<std::string, std::uint64_t> queued_, buried_;
};

}  // namespace lamppost::outbox
