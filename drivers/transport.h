// SPDX-License-Identifier: Apache-2.0
// What every transport (drivers/mqtt, drivers/coap) needs from the house and offers to it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/reading.h"

namespace lamppost {

// What became of a Reading. The first five are final: the transport acknowledges.
enum class Disposition {
  kStored,    // its entities are in the outbox
  kEmpty,     // understood, nothing in it to send (absent values, sentinels)
  kDead,      // dead letter: malformed, or it fails its model
  kHeld,      // nothing maps it, or its device is unknown: kept in the inbox of unknowns
  kRejected,  // turned away by configuration and counted
  kRefused,   // the outbox cannot take it now: do not acknowledge, offer it again
};

struct Outcome {
  Disposition disposition = Disposition::kStored;
  std::string text;  // reason for people, "" when stored
};

// The spine of the program as a transport sees it. The readings are stored in one commit, in their
// order; one outcome for each, and after the first that is refused all are. Called on the
// transport's own thread, may block for the time of that commit, never throws.
using Accept = std::function<std::vector<Outcome>(std::span<const Reading>)>;

// Thread-safe copy of how a source is doing, for status.
struct SourceState {
  bool connected = false;
  std::string detail;            // "MQTT 5, session resumed", "connection refused; next try in 8 s"
  std::uint64_t reconnects = 0;  // since start
  std::uint64_t refused = 0;     // readings pushed back
};

}  // namespace lamppost
