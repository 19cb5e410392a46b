// SPDX-License-Identifier: Apache-2.0
// What a CoAP server does with a request, without any socket: discovery, routing, duplicates,
// bodies in blocks, and the reading itself.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/log.h"
#include "drivers/coap/answer.h"
#include "drivers/coap/bodies.h"
#include "drivers/coap/coap_source.h"
#include "drivers/coap/duplicates.h"
#include "drivers/coap/paths.h"
#include "drivers/transport.h"

namespace lamppost::coap {

// Belongs to the coap thread, except refused().
class Service {
 public:
  Service(const Options& options, Accept accept, const Clock& clock, const Log& log);

  // Calls accept at most once, and not at all for a copy. The answer may go out as soon as this
  // returns: whatever it says has happened.
  //
  // A refusal (5.03) is not remembered as an answer. It stored nothing, so that running a copy is
  // as safe as running an idempotent request (RFC 7252, 4.5), and a sender whose 5.03 got lost may
  // find room at its next attempt.
  //
  // A request that was sent to a group gets no error back (RFC 7252, 8.2): a thousand gateways that
  // do not know a path must not all say so at once.
  Answer handle(const Request& request);

  std::uint64_t refused() const { return refused_; }  // thread-safe

 private:
  Answer respond(const Request& request);
  Answer discover(const Request& request) const;
  Answer receive(const Request& request, std::string topic);
  Answer receive_block(const Request& request, std::string topic);
  Answer store(const Request& request, std::string topic, std::string payload);
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
  std::uint64_t accepted_ = 0;  // readings handed over
  std::atomic<std::uint64_t> refused_{0};
  std::optional<std::chrono::milliseconds> not_found_logged_;
  std::uint64_t not_found_since_ = 0;  // unlogged
};

}  // namespace lamppost::coap
