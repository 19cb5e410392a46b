// SPDX-License-Identifier: Apache-2.0
#include "broker/forwarder_core.h"

#include <algorithm>
#include <utility>

namespace lamppost::broker {
namespace {

bool of_destination(ngsi_ld::NextStep next) {
  return next == ngsi_ld::NextStep::kBackOff || next == ngsi_ld::NextStep::kPause ||
         next == ngsi_ld::NextStep::kRenewToken;
}

// Rows for the history travel alone, after the others.
std::deque<Part> first_parts(std::vector<BatchRow> rows) {
  std::deque<Part> parts(1);
  const auto late = [](const BatchRow& row) { return row.temporal; };
  if (std::any_of(rows.begin(), rows.end(), late)) {
    for (auto& row : rows)
      if (late(row)) parts.emplace_back().rows.push_back(std::move(row));
    std::erase_if(rows, late);
  }
  parts.front().rows = std::move(rows);
  if (parts.front().rows.empty()) parts.pop_front();
  return parts;
}

ngsi_ld::Answers answers_of(const config::Broker& broker) {
  if (broker.answers == "status") return ngsi_ld::Answers::kStatus;
  return broker.answers == "failures" ? ngsi_ld::Answers::kFailures : ngsi_ld::Answers::kFull;
}

}  // namespace

Forwarder::Core::Core(boost::asio::io_context& context, const config::Broker& destination,
                      Doors others, const Options& settings)
    : io(context),
      broker(destination),
      doors(others),
      options(settings),
      client(context, destination, settings.stall),
      context_look(context, destination),
      size(destination, settings.first_batch),
      back_off(settings.back_off_base, settings.back_off_cap),
      context_back_off(settings.rows.slow_base, settings.rows.slow_cap),
      judge(settings.rows, settings.refusals),
      ladder(destination.modes, settings.modes),
      memory(destination, others.outbox),
      pace(destination.max_requests_per_second, destination.max_entities_per_second),
      company(destination.linger),
      answers(answers_of(destination)),
      trouble(destination.name, others.log),
      timer(context),
      cutoff(context),
      pause_for(settings.pause_base) {
  resume();
}

Forwarder::Core::awaitable<void> Forwarder::Core::run() {
  while (!stopping) {
    co_await wait_for_turn();
    if (!stopping) co_await take_turn();
    if (!abandoned) warn_of_certificates();
  }
  cutoff.cancel();
}

Forwarder::Core::awaitable<void> Forwarder::Core::look_at_context() {
  const std::string fault = co_await context_look.look();
  if (fault.empty() || abandoned) co_return;
  doors.log.warning("broker " + broker.name + ": context " + broker.context + ": " + fault);
  context_notice = "context: " + fault;
}

// While a destination is away nothing is taken from the outbox before a connection stands, so an
// outage of days neither counts attempts nor writes a byte.
Forwarder::Core::awaitable<void> Forwarder::Core::take_turn() {
  if (trouble.kind() != Trouble::Kind::kNone && !client.connected()) {
    ngsi_ld::Answer answer;
    answer.transport = ngsi_ld::Transport::kNotSent;
    answer.fault = co_await client.connect();
    if (stopping) co_return;
    if (!answer.fault.empty()) {
      ngsi_ld::Classification unreached;
      unreached.reason = answer.fault;
      co_return in_trouble(unreached, answer, false);
    }
  }
  gate.clear();
  ladder.look_up(doors.clock.monotonic());
  auto limits = size.limits();
  limits.max_entities = std::min(limits.max_entities, pace.most_entities());
  Batch batch = doors.outbox.next_batch(broker.name, limits);
  if (batch.rows.empty()) co_return nothing_to_do();
  more = batch.more || batch.rows.size() >= limits.max_entities;
  co_await deliver(std::move(batch));
}

// The outbox hears about a batch once, when every row of it has its fate or has been given up for
// now. A crash before that sends some rows twice, which upserts do not mind.
Forwarder::Core::awaitable<void> Forwarder::Core::deliver(Batch batch) {
  Judgement done;
  parts = first_parts(std::move(batch.rows));
  for (bool go_on = true; go_on && !parts.empty();) {
    Part part = next_part();
    if (gave_up(part, done)) continue;
    const Outcome outcome = co_await send(part);
    if (abandoned) co_return;
    go_on = conclude(std::move(part), outcome, done) && !stopping;
  }
  for (const auto& part : parts)
    for (const auto& row : part.rows) done.keep(row.id, Milliseconds(0));
  finish(std::move(done));
}

Part Forwarder::Core::next_part() {
  Part part = std::move(parts.front());
  parts.pop_front();
  while (part.rows.size() > 1 && ngsi_ld::one_by_one(ladder.mode())) {
    parts.emplace_front().rows.push_back(std::move(part.rows.back()));
    part.rows.pop_back();
  }
  return part;
}

bool Forwarder::Core::gave_up(const Part& part, Judgement& batch) const {
  const auto& row = part.rows.front();
  const bool history = broker.temporal && !history_refused;
  if (!row.temporal || (history && ngsi_ld::temporal_request(row.payload))) return false;
  batch.verdict.rejected.push_back(
      {row.id, "no_history", 0, "a late reading, and the broker's history cannot be written to"});
  return true;
}

bool Forwarder::Core::conclude(Part part, const Outcome& outcome, Judgement& batch) {
  const auto& answer = outcome.answer;
  auto verdict = outcome.verdict;
  const std::size_t sent = part.rows.size();
  const bool cut = stopping && answer.transport != ngsi_ld::Transport::kAnswered;
  if (cut) verdict.suspicious = false;  // it was us
  learn(outcome, sent, cut);
  if (verdict.next == ngsi_ld::NextStep::kFallBack)
    return fall_back(std::move(part), verdict, batch);
  const bool temporal = part.rows.front().temporal;

  Judgement judgement = judge.judge(std::move(part), verdict, doors.clock.monotonic());
  const bool trouble_now = of_destination(verdict.next);
  parts.insert(parts.begin(), std::make_move_iterator(judgement.again.begin()),
               std::make_move_iterator(judgement.again.end()));
  if (trouble_now && !cut) in_trouble(verdict, answer, sent == 1);
  const bool stored = !judgement.verdict.accepted.empty();
  if (!trouble_now && stored && !temporal) mode_works();
  // Where every single row is refused, an answer is no end of the trouble.
  if (!trouble_now && (stored || judge.suspicion().nothing_passes().empty()))
    all_is_well(judgement, sent);
  batch.add(std::move(judgement));
  return !trouble_now;
}

// True when the part goes on in another way.
bool Forwarder::Core::fall_back(Part part, const ngsi_ld::Classification& verdict,
                                Judgement& batch) {
  if (part.rows.front().temporal) {
    history_refused = true;
    memory.remember(learned::kNoHistory, 1);
    doors.log.warning("broker " + broker.name + ": " + printable(verdict.reason) +
                      "; late readings become dead letters, all others are sent");
    parts.push_front(std::move(part));
    return true;
  }
  fell_for = verdict.reason;
  if (ladder.fall()) {
    parts.push_front(std::move(part));
    return true;
  }
  for (const auto& row : part.rows) batch.keep(row.id, Milliseconds(0));
  pause(verdict.reason);
  return false;
}

void Forwarder::Core::finish(Judgement batch) {
  const bool refused = !batch.condemned.empty();
  judge.decide(batch, doors.clock.monotonic());
  tell_of_dead(batch);
  tell_of_sources(batch);
  refusals(batch);
  const auto blocked = judge.suspicion().nothing_passes();
  if (refused && batch.verdict.accepted.empty() && !blocked.empty()) {
    pause(blocked);
    size.widest();  // one that passes may stand far behind
  }
  settle(batch);
}

void Forwarder::Core::settle(const Judgement& batch) {
  const auto hold = batch.hold.value_or(Milliseconds(0));
  const auto written = doors.outbox.settle(broker.name, batch.verdict, hold);
  // The outbox counts in whole milliseconds: a look a moment too early would find nothing.
  if (hold.count() > 0) holds.insert(Steady::now() + hold + Milliseconds(2));
  if (!written) not_written(written.error().text);
}

}  // namespace lamppost::broker
