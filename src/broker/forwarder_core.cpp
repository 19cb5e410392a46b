// SPDX-License-Identifier: Apache-2.0
#include "broker/forwarder_core.h"

#include <utility>

namespace lamppost::broker {
namespace {

constexpr std::string_view kUpsert = "/ngsi-ld/v1/entityOperations/upsert?options=update";

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
  more = batch.more || batch.rows.size() >= limits.max_entities;
  co_await deliver(std::move(batch));
}

// The outbox hears about a batch once, when every row of it has its fate or has been given up for
// now. A crash before that sends some rows twice, which upserts do not mind.
Forwarder::Core::awaitable<void> Forwarder::Core::deliver(Batch batch) {
  Judgement done;
  parts.clear();
  parts.push_back({std::move(batch.rows), false});
  for (bool go_on = true; go_on && !parts.empty();) {
    Part part = std::move(parts.front());
    parts.pop_front();
    const std::string body = join(part.rows);
    const ngsi_ld::Answer answer = co_await send(part, body);
    if (abandoned) co_return;
    go_on = conclude(std::move(part), answer, body.size(), done) && !stopping;
  }
  for (const auto& part : parts)
    for (const auto& row : part.rows) done.keep(row.id, Milliseconds(0));
  settle(std::move(done));
}

Forwarder::Core::awaitable<ngsi_ld::Answer> Forwarder::Core::send(const Part& part,
                                                                  std::string_view body) {
  const auto begin = Steady::now();
  last_sent = begin;
  in_flight = true;
  const Request request{"POST", kUpsert, body};
  ngsi_ld::Answer answer = co_await client.request(request);
  in_flight = false;
  took = std::chrono::duration_cast<Milliseconds>(Steady::now() - begin);
  if (answer.transport != ngsi_ld::Transport::kNotSent)
    stats.add(part.rows.size(), Steady::now() - begin);
  co_return answer;
}

bool Forwarder::Core::conclude(Part part, const ngsi_ld::Answer& answer, std::size_t bytes,
                               Judgement& batch) {
  const std::size_t sent = part.rows.size();
  const auto ids = ids_of(part.rows);
  auto verdict = ngsi_ld::classify(answer, ids, bytes);
  const bool cut = stopping && answer.transport != ngsi_ld::Transport::kAnswered;
  if (cut) verdict.suspicious = false;  // it was us
  if (verdict.too_large && sent > 1) size.too_large(bytes);

  Judgement judgement = judge.judge(std::move(part), verdict, doors.clock.monotonic());
  const bool trouble_now = of_destination(verdict.next) || !judgement.systemic.empty();
  parts.insert(parts.begin(), std::make_move_iterator(judgement.again.begin()),
               std::make_move_iterator(judgement.again.end()));
  if (!judgement.systemic.empty())
    pause(judgement.systemic);
  else if (trouble_now && !cut)
    in_trouble(verdict, answer, sent == 1);
  else if (!trouble_now)
    all_is_well(judgement, sent);
  tell_of_dead(judgement);
  batch.add(std::move(judgement));
  return !trouble_now;
}

void Forwarder::Core::settle(Judgement batch) {
  const auto hold = batch.hold.value_or(Milliseconds(0));
  const auto written = doors.outbox.settle(broker.name, batch.verdict, hold);
  // The outbox counts in whole milliseconds: a look a moment too early would find nothing.
  if (hold.count() > 0) holds.insert(Steady::now() + hold + Milliseconds(2));
  if (!written) not_written(written.error().text);
}

}  // namespace lamppost::broker
