// SPDX-License-Identifier: Apache-2.0
#include "outbox/patrol.h"

namespace lamppost::outbox {

bool Patrol::look(DurableShelf& shelf, const Clock& clock, DurableShelf::Stretch& stretch) const {
  const auto in_time = [&clock, begun = clock.monotonic()] {
    return clock.monotonic() - begun < kAtOnce;
  };
  return at_.rows_done ? shelf.check_letters(stretch, in_time) : shelf.check_rows(stretch, in_time);
}

void Patrol::step(DurableShelf& shelf, const Clock& clock) {
  if (clock.monotonic() < due_) return;
  DurableShelf::Stretch stretch{at_.rows_done ? at_.letter : at_.row, kRowsAtOnce, 0, 0};
  const bool read = look(shelf, clock, stretch);
  (at_.rows_done ? at_.letter : at_.row) = stretch.after;
  at_.so_far.looked_at += stretch.looked_at;
  at_.so_far.damaged += stretch.damaged;
  at_.so_far.damage_met = shelf.suspected();
  if (!read && !shelf.suspected()) {
    due_ = clock.monotonic() + kPause;
    return;
  }
  const bool at_end = stretch.most > 0;  // it did not need all it was allowed
  if (at_end && !at_.rows_done && read) {
    at_.rows_done = true;
  } else if (at_end) {
    at_.so_far.ended = clock.now();
    last_ = at_.so_far;
    at_ = {};
    due_ = clock.monotonic() + kEvery;
  }
}

void Patrol::begin_anew() {
  at_ = {};
  due_ = {};
  last_.damage_met = false;
}

}  // namespace lamppost::outbox
