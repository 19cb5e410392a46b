// SPDX-License-Identifier: Apache-2.0
// The inside of a Forwarder: one coroutine that waits its turn, takes a batch, delivers it.
#pragma once

#include "broker/awaitable.h"

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <set>

#include "broker/back_off.h"
#include "broker/company.h"
#include "broker/context_look.h"
#include "broker/forwarder.h"
#include "broker/http_client.h"
#include "broker/judge.h"
#include "broker/ladder.h"
#include "broker/memory.h"
#include "broker/pace.h"
#include "broker/request_stats.h"
#include "broker/trouble.h"
#include "broker/wake_gate.h"

namespace lamppost::broker {

// What belongs to others. Not touched any more once the Forwarder is gone.
struct Doors {
  outbox::Outbox& outbox;
  const Clock& clock;
  const Log& log;
};

// One request, or those that one entity took, and what the last answer means.
struct Outcome {
  ngsi_ld::Answer answer;
  ngsi_ld::Classification verdict;
  std::size_t bytes = 0;
};

struct Forwarder::Core : std::enable_shared_from_this<Forwarder::Core> {
  using Milliseconds = std::chrono::milliseconds;
  using Steady = std::chrono::steady_clock;
  template <typename T>
  using awaitable = boost::asio::awaitable<T>;

  Core(boost::asio::io_context& io, const config::Broker& broker, Doors doors,
       const Options& options);

  awaitable<void> run();
  awaitable<void> look_at_context();
  void stop(Milliseconds deadline);
  void abandon();
  DestinationState state() const;

  // ---- Whose turn is it (forwarder_turn.cpp) ----
  awaitable<void> wait_for_turn();
  // When to look for rows next, and what may wake us before that.
  Steady::time_point next_turn();
  awaitable<void> sleep_until(Steady::time_point until);
  void nothing_to_do();

  // ---- Bringing a batch home (forwarder_core.cpp) ----
  awaitable<void> take_turn();
  awaitable<void> deliver(Batch batch);
  // The next part of the batch in hand, cut up as the way of writing wants it.
  Part next_part();
  // Adds what the answer means to `batch`. True when the next part may follow.
  bool conclude(Part part, const Outcome& outcome, Judgement& batch);
  // A row for a history that the broker does not keep, or one with nothing for it.
  bool gave_up(const Part& part, Judgement& batch) const;
  bool fall_back(Part part, const ngsi_ld::Classification& verdict, Judgement& batch);
  void finish(Judgement batch);
  void settle(const Judgement& batch);

  // ---- Requests (forwarder_send.cpp) ----
  awaitable<Outcome> send(const Part& part);
  awaitable<Outcome> send_alone(const BatchRow& row);
  awaitable<Outcome> send_to_history(const BatchRow& row);
  awaitable<ngsi_ld::Answer> request(const Request& what, std::size_t entities);
  awaitable<void> keep_pace(std::size_t entities);

  // ---- What is learned (forwarder_learn.cpp) ----
  void resume();
  void learn(const Outcome& outcome, std::size_t sent, bool cut);
  void learn_limit();
  void mode_works();
  void refusals(const Judgement& batch);
  void take_back();

  // ---- Trouble and its end (forwarder_turn.cpp) ----
  void in_trouble(const ngsi_ld::Classification& answer, const ngsi_ld::Answer& raw, bool lone);
  void pause(const std::string& reason);
  void all_is_well(const Judgement& judgement, std::size_t sent);
  void greet();
  void over();
  void not_written(const std::string& reason);
  void tell_of_dead(const Judgement& judgement);
  void tell_of_sources(const Judgement& judgement);
  void warn_of_certificates();

  boost::asio::io_context& io;
  const config::Broker broker;
  const Doors doors;
  const Options options;

  HttpClient client;
  ContextLook context_look;
  std::string context_notice;
  BatchSize size;
  BackOff back_off, context_back_off;
  Judge judge;
  Ladder ladder;
  Memory memory;
  Pace pace;
  Company company;
  const ngsi_ld::Answers answers;
  Trouble trouble;
  RequestStats stats;
  WakeGate gate;
  boost::asio::steady_timer timer, cutoff;

  std::deque<Part> parts;  // what is left of the batch in hand
  bool started = false, stopping = false, abandoned = false, finished = false, in_flight = false;
  bool more = true;  // the outbox probably has rows: look without waiting
  int lone_failures = 0;
  Milliseconds pause_for;
  Milliseconds took{0};  // by the last request
  Steady::time_point last_sent, look_at, retry_at, rest_until;
  std::string fell_for;  // why the last way of writing was given up
  bool greeted = false, history_refused = false, succeeded = false;
  std::multiset<Steady::time_point> holds;  // ends of the times for which rows are held back
  std::optional<Timestamp> last_success;
  std::string last_dead_reason;
  std::optional<Milliseconds> certificates_said;  // monotonic
};

}  // namespace lamppost::broker
