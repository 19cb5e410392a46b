// SPDX-License-Identifier: Apache-2.0
// What a CoAP server does with a request, without any socket: discovery, routing, duplicates,
// bodies in blocks, and the reading itself.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "drivers/coap/answer.h"
#include "drivers/coap/bodies.h"
#include "drivers/coap/coap_source.h"
#include "drivers/coap/duplicates.h"
#include "drivers/coap/paths.h"
#include "drivers/transport.h"

namespace lamppost::coap {

// Belongs to the coap thread, except refused(). Readings that come in one burst are stored
// together: their answers wait for one commit.
class Service {
 public:
  Service(const Options& options, Accept accept, const Clock& clock, const Log& log);

  // The answer, or nothing: a reading was taken, or this is a copy of the request of such a one,
  // and the answer comes from settle().
  //
  // A refusal (5.03) is not remembered as an answer. It stored nothing, so that running a copy is
  // as safe as running an idempotent request (RFC 7252, 4.5), and a sender whose 5.03 got lost may
  // find room at its next attempt.
  //
  // A request that was sent to a group is answered at once, and gets no error back (RFC 7252, 8.2):
  // a thousand gateways that do not know a path must not all say so at once.
  std::optional<Answer> handle(const Request& request);

  // How many requests wait for that.
  std::size_t taken() const { return taken_.size(); }
  // Stores them in one commit. The answers in the order of the requests; they may go out now.
  std::vector<Answer> settle();

  std::uint64_t refused() const { return refused_; }  // thread-safe

 private:
  // A request whose reading is taken and not stored yet.
  struct Taken {
    ExchangeKey key;
    bool confirmable = true, copy = false, stored = false;
    std::optional<Block> block1;
    std::size_t reading = 0;  // in readings_
    Answer answer;            // once it is stored
  };

  std::optional<Answer> respond(const Request& request);
  Answer discover(const Request& request) const;
  std::optional<Answer> receive(const Request& request, std::string topic);
  std::optional<Answer> receive_block(const Request& request, std::string topic);
  void take(const Request& request, std::string topic, std::string payload,
            const std::optional<Block>& block1);
  void store();
  void conclude(Taken& taken, const Outcome& outcome);
  Answer not_found(const Request& request, const std::string& why);
  Answer too_large() const;

  const std::string name_;
  const std::size_t max_payload_;
  const Accept accept_;
  const Clock& clock_;
  const Log& log_;
  const Paths paths_;
  const std::string links_;
  Duplicates duplicates_;
  Bodies bodies_;
  std::vector<Taken> taken_;
  std::vector<Reading> readings_;  // not stored yet
  std::atomic<std::uint64_t> refused_{0};
  std::optional<std::chrono::milliseconds> not_found_logged_;
  std::uint64_t not_found_since_ = 0;  // unlogged
};

}  // namespace lamppost::coap
