// SPDX-License-Identifier: Apache-2.0
// What forwarders have learned: numbers in the ledger, so that they travel between the shelves with
// the counters.
#include "outbox/store.h"

namespace lamppost::outbox {

void Store::remember(const std::string& destination, const std::string& word, std::int64_t value) {
  const std::lock_guard lock(mutex_);
  const auto& newest = fresh_ ? fresh_->state().tally() : durable_->tally();
  // A page of the ledger that is full shortens words to "other".
  if (newest.bounded_word(Book::kLearned, destination, word) != word) return;
  const auto known = durable_->tally().get(Book::kLearned, destination, word) +
                     (fresh_ ? newest.get(Book::kLearned, destination, word) : 0);
  if (known == value) return;
  Change change;
  change.count(Book::kLearned, destination, word, value - known);
  // A number that could not be kept will be learned again.
  if (fresh_) {
    Entry entry;
    entry.change = std::move(change);
    (void)fresh_->commit(std::move(entry));
  } else {
    note_flash(durable_->commit(change));
  }
}

std::int64_t Store::recall(const std::string& destination, const std::string& word) const {
  const std::lock_guard lock(mutex_);
  return durable_->tally().get(Book::kLearned, destination, word) +
         (fresh_ ? fresh_->state().tally().get(Book::kLearned, destination, word) : 0);
}

}  // namespace lamppost::outbox
