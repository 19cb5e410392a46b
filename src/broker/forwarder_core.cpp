// SPDX-License-Identifier: Apache-2.0
#include "broker/forwarder_core.h"

#include <utility>

namespace lamppost::broker {
namespace {

std::string join(const std::vector<BatchRow>& rows) {
  std::size_t size = 2;
  for (const auto& row : rows) size += row.payload.size() + 1;
  std::string body;
  body.reserve(size);
  for (const auto& row : rows) {
    body += body.empty() ? '[' : ',';
    body += row.payload;
  }
  body += ']';
  return body;
}

std::vector<std::string> ids_of(const std::vector<BatchRow>& rows) {
  std::vector<std::string> ids;
  ids.reserve(rows.size());
  for (const auto& row : rows) ids.push_back(row.entity);
  return ids;
}

bool of_destination(ngsi_ld::NextStep next) {
  return next == ngsi_ld::NextStep::kBackOff || next == ngsi_ld::NextStep::kPause ||
         next == ngsi_ld::NextStep::kRenewToken;
}

}  // namespace

Forwarder::Core::Core(boost::asio::io_context& context, const config::Broker& destination,
                      Doors others, const Options& settings)
    : io(context),
      broker(destination),
      doors(others),
      options(settings),
      client(context, destination),
      size(destination, settings.first_batch),
      back_off(settings.back_off_base, settings.back_off_cap),
      context_back_off(settings.rows.slow_base, settings.rows.slow_cap),
      judge(settings.rows),
      trouble(destination.name, others.log),
      timer(context),
      cutoff(context),
      pause_for(settings.pause_base) {}

Forwarder::Core::awaitable<void> Forwarder::Core::run() {
  while (!stopping) {
    co_await wait_for_turn();
    if (!stopping) co_await take_turn();
  }
  cutoff.cancel();
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
  const auto limits = size.limits();
  Batch batch = doors.outbox.next_batch(broker.name, limits);
  if (batch.rows.empty()) co_return nothing_to_do();
  more =
      batch.more || batch.rows.size() >= limits.max_entities || batch.bytes >= limits.max_bytes / 2;
  co_await deliver(std::move(batch));
}

Forwarder::Core::awaitable<void> Forwarder::Core::deliver(Batch batch) {
  parts.clear();
  parts.push_back({std::move(batch.rows), false});
  while (!parts.empty()) {
    Part part = std::move(parts.front());
    parts.pop_front();
    const std::string body = join(part.rows);
    ngsi_ld::Answer answer = co_await send(part, body);
    if (abandoned) co_return;
    const bool go_on = co_await conclude(std::move(part), answer, body.size());
    if (!go_on || stopping) break;
  }
  if (parts.empty() || abandoned) co_return;
  Judgement unsent;
  for (const auto& part : std::exchange(parts, {}))
    for (const auto& row : part.rows) unsent.keep(row.id, Milliseconds(0));
  co_await settle(std::move(unsent));
}

Forwarder::Core::awaitable<ngsi_ld::Answer> Forwarder::Core::send(const Part& part,
                                                                  std::string_view body) {
  const auto begin = Steady::now();
  last_sent = begin;
  in_flight = true;
  ngsi_ld::Answer answer = co_await client.upsert(body);
  in_flight = false;
  took = std::chrono::duration_cast<Milliseconds>(Steady::now() - begin);
  if (answer.transport != ngsi_ld::Transport::kNotSent)
    stats.add(part.rows.size(), Steady::now() - begin);
  co_return answer;
}

Forwarder::Core::awaitable<bool> Forwarder::Core::conclude(Part part, const ngsi_ld::Answer& answer,
                                                           std::size_t bytes) {
  const bool lone = part.rows.size() == 1;
  const std::size_t sent = part.rows.size();
  const auto ids = ids_of(part.rows);
  auto verdict = ngsi_ld::classify(answer, ids, bytes);
  const bool cut = stopping && answer.transport != ngsi_ld::Transport::kAnswered;
  if (cut) verdict.suspicious = false;  // it was us
  if (verdict.too_large && !lone) size.too_large(bytes);

  Judgement judgement = judge.judge(std::move(part), verdict, doors.clock.monotonic());
  const bool trouble_now = of_destination(verdict.next) || !judgement.systemic.empty();
  parts.insert(parts.begin(), std::make_move_iterator(judgement.again.begin()),
               std::make_move_iterator(judgement.again.end()));
  if (!judgement.systemic.empty())
    pause(judgement.systemic);
  else if (trouble_now && !cut)
    in_trouble(verdict, answer, lone);
  else if (!trouble_now)
    all_is_well(judgement, sent);
  tell_of_dead(judgement);
  co_await settle(std::move(judgement));
  co_return !trouble_now;
}

// One transaction for the answer; rows that wait for different times need one each.
Forwarder::Core::awaitable<void> Forwarder::Core::settle(Judgement judgement) {
  Verdict verdict{std::move(judgement.accepted), std::move(judgement.rejected), {}};
  Milliseconds hold{0};
  for (auto& [wait, rows] : judgement.kept) {
    if (!verdict.kept.empty()) {
      co_await write(verdict, hold);
      verdict = Verdict();
    }
    verdict.kept = std::move(rows);
    hold = wait;
    if (wait.count() > 0) holds.insert(Steady::now() + wait);
  }
  const bool empty = verdict.accepted.empty() && verdict.rejected.empty() && verdict.kept.empty();
  if (!empty) co_await write(std::move(verdict), hold);
}

// What the broker has done cannot be undone, so a disk that fails now is asked until it works:
// sending on would make the next answer as unforgettable as this one.
Forwarder::Core::awaitable<void> Forwarder::Core::write(Verdict verdict, Milliseconds hold) {
  bool told = false;
  while (!abandoned) {
    const auto written = doors.outbox.settle(broker.name, verdict, hold);
    if (written) co_return;
    if (!std::exchange(told, true))
      doors.log.error("broker " + broker.name + ": answer not written down: " +
                      written.error().text + "; nothing more is sent until it is");
    if (stopping) co_return;
    co_await sleep_until(Steady::now() + options.back_off_base);
  }
}

}  // namespace lamppost::broker
