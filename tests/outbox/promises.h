// SPDX-License-Identifier: Apache-2.0
// What an outbox has promised, and when. Time is counted in operations of the disk: a power cut
// after operation k finds broken or kept what was promised at or before k.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "outbox_words.h"

namespace lamppost::outbox {

inline constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

// One row or dead letter in its life. Its word, "<17>", is in its payload, and in no other.
struct Item {
  // On its way to a shelf from `begun` on, and there from `done` on.
  struct Place {
    std::size_t begun = kNever, done = kNever;
    bool letter = false;
  };

  std::string destination, entity, payload;
  bool merges = false;            // its payload may become part of another row's
  bool accepted = false;          // by the broker; what it said may not be written down yet ...
  bool delivered = false;         // ... and here it is
  milliseconds acknowledged{-1};  // on the monotonic clock; -1: it was refused
  std::size_t safe = kNever;      // must be there from here on ...
  std::size_t leaving = kNever;   // ... may be gone from here on ...
  std::size_t gone = kNever;      // ... and must be gone from here on
  std::vector<Place> places;      // one after the other

  std::size_t begun() const { return places.front().begun; }
  bool must_be_there(std::size_t cut) const { return safe <= cut && cut < std::min(leaving, gone); }
  bool may_be_there(std::size_t cut) const { return begun() <= cut && cut < gone; }
  bool may_be(bool letter, std::size_t cut) const;
};

// What is in an outbox after the cut.
struct Found {
  std::vector<QueuedRow> rows;
  std::vector<DeadLetter> letters;
  Totals totals;
};

class Promises {
 public:
  // The number of the item that will be made next.
  std::size_t next() const { return items_.size(); }
  static std::string word(std::size_t number) { return "<" + std::to_string(number) + ">"; }
  Item& add(Item item) { return items_.emplace_back(std::move(item)); }
  std::vector<Item>& items() { return items_; }
  const std::vector<Item>& items() const { return items_; }
  // The item whose word comes first in a text.
  Item& item_in(const std::string& text) { return items_.at(numbers_in(text).at(0)); }

  // Ids up to this one were given out by operation `at`.
  void give_ids(std::size_t at, std::int64_t id) { ids_.emplace_back(at, id); }
  std::int64_t highest_id(std::size_t cut) const;

  // What was not kept, in words.
  Words broken(std::size_t cut, const Found& found) const;
  // A number that is the same for two cuts between which nothing was promised.
  std::size_t state(std::size_t cut) const;

  static std::vector<std::size_t> numbers_in(const std::string& text);

 private:
  void check_row(std::size_t cut, const QueuedRow& row, Words& wrong) const;
  void check_letter(std::size_t cut, const DeadLetter& letter, Words& wrong) const;
  void check_copies(std::size_t cut, const Found& found, Words& wrong) const;
  void check_order(const Found& found, Words& wrong) const;
  void check_ledger(std::size_t cut, const Found& found, Words& wrong) const;

  std::vector<Item> items_;
  std::vector<std::pair<std::size_t, std::int64_t>> ids_;
};

}  // namespace lamppost::outbox
