// SPDX-License-Identifier: Apache-2.0
// What a forwarder finds out about its destination and acts on from then on.
#include <algorithm>

#include "broker/forwarder_core.h"

namespace lamppost::broker {
namespace {

// Rows that died while their kind was not suspected yet are few; the rest is a bound.
constexpr std::size_t kMostTakenBack = 1000;

}  // namespace

void Forwarder::Core::resume() {
  size.at_most(
      static_cast<std::size_t>(std::max<std::int64_t>(0, memory.recall(learned::kMaxBytes))));
  ladder.stand_on(
      static_cast<std::size_t>(std::max<std::int64_t>(0, memory.recall(learned::kMode))),
      doors.clock.monotonic());
  greeted = broker.tenant.empty() || memory.recall(learned::kGreeted) != 0;
  history_refused = memory.recall(learned::kNoHistory) != 0;
}

void Forwarder::Core::learn(const Outcome& outcome, std::size_t sent, bool cut) {
  const auto& [answer, verdict, bytes] = outcome;
  if (answer.transport == ngsi_ld::Transport::kAnswered) size.arrived(bytes);
  if (verdict.too_large && sent > 1) {
    size.too_large(bytes);
    learn_limit();
  }
  if (answer.transport == ngsi_ld::Transport::kAmbiguous && !cut && size.broke_off(bytes))
    learn_limit();
  const bool odd = !verdict.reason.empty() && (verdict.next == ngsi_ld::NextStep::kContinue ||
                                               verdict.next == ngsi_ld::NextStep::kSingly);
  if (odd && stats.odd(verdict.reason) && answer.status == 200)
    doors.log.warning("broker " + broker.name + ": " + verdict.reason +
                      " is taken as stored; answers = \"status\" says that this is its manner");
}

void Forwarder::Core::learn_limit() {
  const auto bytes = size.limits().max_bytes;
  if (memory.recall(learned::kMaxBytes) == static_cast<std::int64_t>(bytes)) return;
  memory.remember(learned::kMaxBytes, static_cast<std::int64_t>(bytes));
  doors.log.notice("broker " + broker.name + ": takes no larger bodies, at most " +
                   std::to_string(bytes) + " bytes from now on");
}

void Forwarder::Core::mode_works() {
  const auto before = ladder.rung();
  if (!ladder.works(doors.clock.monotonic())) return;
  memory.remember(learned::kMode, static_cast<std::int64_t>(ladder.rung()));
  const std::string what =
      "broker " + broker.name + ": writes by " + std::string(described(ladder.mode()));
  if (ladder.rung() > before)
    doors.log.warning(what + " from now on (" + printable(fell_for) +
                      "); the better way is tried again now and then");
  else
    doors.log.notice(what + " again");
}

// After a batch: is a kind of refusal under suspicion now, or cleared of it?
void Forwarder::Core::refusals(const Judgement& batch) {
  auto& suspicion = judge.suspicion();
  const auto now = doors.clock.monotonic();
  const bool cleared = suspicion.take_cleared();
  const bool first_success = !succeeded && !batch.verdict.accepted.empty();
  succeeded = succeeded || first_success;
  if (cleared || first_success) take_back();
  if (const auto first_died = suspicion.take_news()) {
    const auto since = doors.clock.now().ms - (now - *first_died).count();
    const auto known = memory.recall(learned::kSuspectSince);
    memory.remember(learned::kSuspectSince, known > 0 ? std::min(known, since) : since);
    doors.log.error("broker " + broker.name + ": " + printable(suspicion.suspected(now)) +
                    "; entities refused for that keep their place for a day, others are sent");
  }
}

// Rows that died for what has been mended since, by the broker or by a new configuration.
void Forwarder::Core::take_back() {
  const auto since = memory.recall(learned::kSuspectSince);
  if (since == 0) return;
  memory.remember(learned::kSuspectSince, 0);
  std::size_t taken = 0;
  for (const auto& letter : doors.outbox.dead(kMostTakenBack)) {
    const bool suspect = letter.destination == broker.name && letter.status != 0 &&
                         letter.died.ms >= since && letter.reason != "too_large";
    if (suspect && doors.outbox.requeue_dead(letter.id)) ++taken;
  }
  more = true;
  doors.log.notice("broker " + broker.name + ": " + std::to_string(taken) +
                   " dead letters are sent again, what they died of seems mended");
}

}  // namespace lamppost::broker
