// SPDX-License-Identifier: Apache-2.0
// Looks at everything on the durable shelf again and again, a few milliseconds at a time: once
// after a start, then once a day. Damaged places are found before they are needed, while their
// neighbours can still be saved. Writes nothing; how far it is, a restart forgets.
#pragma once

#include "core/clock.h"
#include "outbox/durable_shelf.h"
#include "outbox/outbox.h"

namespace lamppost::outbox {

class Patrol {
 public:
  static constexpr std::chrono::milliseconds kEvery{24LL * 3600 * 1000};
  // Of one step. A row is read and unpacked in some 10 us; on a slow card the time ends it first.
  static constexpr std::size_t kRowsAtOnce = 100;
  static constexpr std::chrono::milliseconds kAtOnce{3};
  // A disk that fails is left alone for a while.
  static constexpr std::chrono::milliseconds kPause{60 * 1000};

  void step(DurableShelf& shelf, const Clock& clock);
  // The shelf is another one now.
  void begin_anew();

  const FlashCheck& last() const { return last_; }

 private:
  struct Place {
    std::int64_t row = -1, letter = -1;
    bool rows_done = false;
    FlashCheck so_far;
  };
  bool look(DurableShelf& shelf, const Clock& clock, DurableShelf::Stretch& stretch) const;

  Place at_;
  FlashCheck last_;
  std::chrono::milliseconds due_{0};
};

}  // namespace lamppost::outbox
