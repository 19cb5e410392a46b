// SPDX-License-Identifier: Apache-2.0
// What the gateway does with one reading, worked out before anything is stored.
#pragma once

#include <string>

#include "ingest/ingest.h"
#include "ingest/past.h"

namespace lamppost::ingest {

struct Judgement {
  outbox::Deposit deposit;
  std::string text;          // for the sender and the log, "" when stored
  bool dated_by_us = false;  // something in it has the time of its arrival
};

// When and how a reading is judged.
struct Occasion {
  Timestamp now;
  bool is_live = false;     // it is coming in at this moment
  bool may_repeat = false;  // it was judged before: what was seen then is no duplicate
};

// `past` has begun with this reading; keep() is the caller's.
Judgement judge(const Pipeline& pipeline, const Reading& reading, Yield yield, Past& past,
                const Occasion& occasion);

// A retained reading is a state from an unknown moment of the past. Without a time of its own any
// stamp would be a lie, so it is turned away and counted.
bool is_undated_state(const Reading& reading, const Yield::Entity& entity);

// A dead letter of a reading; `route` may be null.
outbox::DeadLetter letter(const Reading& reading, const Route* route, std::string reason,
                          std::string text, std::string pointer);
// The reading ends as this.
void bury(Judgement& judgement, outbox::DeadLetter dead);

}  // namespace lamppost::ingest
