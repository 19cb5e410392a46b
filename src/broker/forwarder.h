// SPDX-License-Identifier: Apache-2.0
// Takes batches from the outbox to one NGSI-LD broker: one request in flight, order kept per
// entity, everything unanswered sent again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "config/config.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/timestamp.h"
#include "outbox/outbox.h"

namespace lamppost::broker {

// Copy of how a destination is doing, for status. Histogram bounds: kRequestSecondsBounds.
struct DestinationState {
  std::string state;   // "idle", "sending", "backing off", "paused"
  std::string reason;  // in words, "" when all is well
  std::uint64_t requests = 0, entities_sent = 0;
  std::optional<Timestamp> last_success;
  std::vector<std::uint64_t> request_seconds_buckets;  // cumulative, one more for +Inf
  double request_seconds_sum = 0;
};
inline constexpr double kRequestSecondsBounds[] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                   0.5,   1,    2.5,   5,    10,  30};

// Lives on the io_context's thread; only wake() may be called from other threads.
class Forwarder {
 public:
  Forwarder(boost::asio::io_context& io, const config::Broker& broker, outbox::Outbox& outbox,
            const Clock& clock, const Log& log);
  ~Forwarder();

  void start();
  // There may be rows. Thread-safe, cheap, may be called often.
  void wake();
  // Stops taking batches; a request in flight may finish until `deadline`, then is cut (its rows
  // stay).
  void stop(std::chrono::milliseconds deadline);
  bool stopped() const;

  DestinationState state() const;
  const std::string& name() const;

 private:
  struct Core;
  std::shared_ptr<Core> core_;  // shared with the coroutine that may outlive a cut request
};

}  // namespace lamppost::broker
