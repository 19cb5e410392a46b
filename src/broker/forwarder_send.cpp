// SPDX-License-Identifier: Apache-2.0
// What a forwarder sends: a batch, or the requests that one entity takes.
#include <algorithm>

#include "broker/forwarder_core.h"
#include "ngsi_ld/single_write.h"

namespace lamppost::broker {
namespace {

std::vector<std::string> ids_of(const std::vector<BatchRow>& rows) {
  std::vector<std::string> ids;
  ids.reserve(rows.size());
  for (const auto& row : rows) ids.push_back(row.entity);
  return ids;
}

}  // namespace

Forwarder::Core::awaitable<Outcome> Forwarder::Core::send(const Part& part) {
  if (part.rows.front().temporal) co_return co_await send_to_history(part.rows.front());
  if (ngsi_ld::one_by_one(ladder.mode())) co_return co_await send_alone(part.rows.front());
  const std::string body = ngsi_ld::batch_body(part.rows);
  const auto target = ngsi_ld::batch_target(ladder.mode());
  Outcome outcome;
  outcome.bytes = body.size();
  const Request upsert{"POST", target, body};
  outcome.answer = co_await request(upsert, part.rows.size());
  outcome.verdict = ngsi_ld::classify(outcome.answer, ids_of(part.rows), body.size(), answers);
  co_return outcome;
}

Forwarder::Core::awaitable<Outcome> Forwarder::Core::send_alone(const BatchRow& row) {
  ngsi_ld::SingleWrite write(ladder.mode(), row.entity, row.payload);
  Outcome outcome;
  for (bool go_on = true; go_on;) {
    const ngsi_ld::Request next = write.request();
    outcome.bytes = next.body.size();
    const Request single{next.method, next.target, next.body};
    outcome.answer = co_await request(single, 1);
    go_on = !stopping && write.goes_on(outcome.answer);
  }
  outcome.verdict = write.classify(outcome.answer, outcome.bytes);
  co_return outcome;
}

Forwarder::Core::awaitable<Outcome> Forwarder::Core::send_to_history(const BatchRow& row) {
  Outcome outcome;
  const auto write = ngsi_ld::temporal_request(row.payload);
  outcome.bytes = write->body.size();
  const Request late{write->method, write->target, write->body};
  outcome.answer = co_await request(late, 1);
  outcome.verdict = ngsi_ld::classify_temporal(outcome.answer, row.entity, outcome.bytes);
  co_return outcome;
}

Forwarder::Core::awaitable<ngsi_ld::Answer> Forwarder::Core::request(const Request& what,
                                                                     std::size_t entities) {
  co_await keep_pace(entities);
  ngsi_ld::Answer answer;
  answer.transport = ngsi_ld::Transport::kNotSent;
  if (stopping) co_return answer;
  const auto begin = Steady::now();
  last_sent = begin;
  company.sent(entities, begin);
  in_flight = true;
  answer = co_await client.request(what);
  in_flight = false;
  took = std::chrono::duration_cast<Milliseconds>(Steady::now() - begin);
  if (answer.transport != ngsi_ld::Transport::kNotSent) stats.add(entities, Steady::now() - begin);
  co_return answer;
}

Forwarder::Core::awaitable<void> Forwarder::Core::keep_pace(std::size_t entities) {
  const auto leave_at = pace.reserve(entities, Steady::now());
  if (leave_at > Steady::now()) gate.expect(WakeGate::kNever);
  while (!stopping && Steady::now() < leave_at) co_await sleep_until(leave_at);
}

}  // namespace lamppost::broker
