// SPDX-License-Identifier: Apache-2.0
// Takes batches from the outbox to one NGSI-LD broker: one request in flight, order kept per
// entity, everything unanswered sent again.
//
// A row leaves the outbox only when the broker has stored it or has refused that very row. Refused
// batches are halved until the culprit is alone; no row dies of a refusal before the broker has
// shown that it takes others (suspicion.h). Trouble of the destination (network, 5xx, 429) costs
// waiting, never rows; trouble that a person must mend (401, 403, wrong URL or tenant) pauses the
// destination and is looked at again now and then. A broker that lacks a way of writing is served
// in the next one (ladder.h). What was learned about it is kept over a restart.
//
// Pace: a row goes as soon as no request is under way; once more than a few have gone within
// `linger`, rows gather until it has passed since the last request or a batch is full. The first
// request, and the first after trouble, carries one entity; clean answers let it grow quickly to
// max_entities.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/ladder.h"
#include "broker/row_patience.h"
#include "broker/suspicion.h"
#include "config/config.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/timestamp.h"
#include "outbox/outbox.h"

namespace lamppost::broker {

struct CertificateState {
  std::string whose;  // "gateway" or "broker"
  std::string subject;
  Timestamp not_after;
};
// Nearer ends are warned of.
inline constexpr std::chrono::hours kCertificateWarning{30 * 24};

// Copy of how a destination is doing, for status. Histogram bounds: kRequestSecondsBounds.
struct DestinationState {
  std::string state;   // "idle", "sending", "backing off", "paused"
  std::string reason;  // in words, "" when all is well
  std::uint64_t requests = 0, entities_sent = 0;
  std::optional<Timestamp> last_success;
  std::string mode;              // the way of writing, in words: "batch upsert"
  bool fallen_back = false;      // it is not the best of those configured
  std::size_t max_bytes = 0;     // of a body, learned from refusals when below the configured
  bool history_refused = false;  // late readings become dead letters here
  // Answers that were taken as good although the standard has others, by their words.
  std::map<std::string, std::uint64_t> odd_answers;
  std::vector<std::uint64_t> request_seconds_buckets;  // cumulative, one more for +Inf
  double request_seconds_sum = 0;
  std::vector<CertificateState> certificates;  // with https://, once a connection has stood
  std::string notice;  // what works still but wants a person soon; "" = nothing
};
inline constexpr double kRequestSecondsBounds[] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                   0.5,   1,    2.5,   5,    10,  30};

// What is the same for every destination. Tests make the waits short.
struct Options {
  using Milliseconds = std::chrono::milliseconds;
  Milliseconds back_off_base{1'000}, back_off_cap{300'000};  // decorrelated jitter between them
  Milliseconds pause_base{60'000}, pause_cap{900'000};       // doubles
  Milliseconds idle_look{5'000};      // even unasked, look for rows: they may have been re-queued
  std::size_t first_batch = 1;        // entities of the first request, also after trouble
  Milliseconds first_contact{2'000};  // pause after the first success ever, for a new tenant
  Milliseconds stall{20'000};         // in which a body must move, sent or received
  bool look_at_context = true;        // fetch it once, to warn of a wrong URL
  RowPatience::Times rows;            // of single rows that the broker refuses for now
  Suspicion::Times refusals;
  Ladder::Times modes;
};

// Lives on the io_context's thread; only wake() may be called from other threads.
class Forwarder {
 public:
  // Throws ConfigError when the URL, a header value or a certificate cannot be used.
  Forwarder(boost::asio::io_context& io, const config::Broker& broker, outbox::Outbox& outbox,
            const Clock& clock, const Log& log, const Options& options = {});
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
