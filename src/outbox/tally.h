// SPDX-License-Identifier: Apache-2.0
// The ledger of one shelf: every counter by book, name and word. Each shelf balances by itself, so
// a power cut that takes the fresh shelf leaves a true ledger on the durable one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "outbox/row.h"

namespace lamppost::outbox {

class Tally {
 public:
  void add(const CounterKey& key, std::int64_t by);
  // Counts of the change, and the queue's rows and bytes as its rows come and go.
  void apply(const Change& change);
  void merge(const Tally& other);

  std::int64_t get(Book book, const std::string& name, const std::string& word) const;
  std::uint64_t rows(const std::string& destination) const;
  std::uint64_t bytes(const std::string& destination) const;
  std::uint64_t all_rows() const { return rows_; }
  std::uint64_t all_bytes() const { return bytes_; }

  const Counters& counters() const { return counters_; }

  // `word`, shortened, or "other" once the page is full: reasons come from outside.
  std::string bounded_word(Book book, const std::string& name, const std::string& word) const;

  // Fills destinations, sources, reasons, rows and bytes.
  void fill(Totals& totals) const;

 private:
  Counters counters_;
  std::uint64_t rows_ = 0, bytes_ = 0;
};

}  // namespace lamppost::outbox
