// SPDX-License-Identifier: Apache-2.0
// When a forwarder sends: waiting for rows, gathering them, and keeping away in trouble.
#include <algorithm>

#include "broker/forwarder_core.h"

// After the core, which brings what Boost 1.74 forgets to include.
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace lamppost::broker {
namespace {

namespace net = boost::asio;

// After a lone row has failed, so many others are tried at once: is it the row or the broker?
constexpr int kOthersTried = 3;

constexpr std::chrono::hours kDay{24};

}  // namespace

Forwarder::Core::awaitable<void> Forwarder::Core::wait_for_turn() {
  while (!stopping) {
    const auto until = next_turn();
    if (until <= Steady::now()) co_return;
    co_await sleep_until(until);
  }
}

Forwarder::Core::Steady::time_point Forwarder::Core::next_turn() {
  if (trouble.kind() != Trouble::Kind::kNone) {
    gate.expect(WakeGate::kNever);
    return retry_at;
  }
  if (Steady::now() < rest_until) {
    gate.expect(WakeGate::kNever);
    return rest_until;
  }
  if (more) return Steady::now();
  const auto full = static_cast<std::uint32_t>(std::max(1, broker.max_entities));
  if (gate.count() == 0) gate.expect(1);
  if (gate.count() == 0) {
    const auto hold_ends = holds.empty() ? look_at : *holds.begin();
    return std::min(look_at, hold_ends);
  }
  if (!company.expected(Steady::now())) return Steady::now();
  gate.expect(full);
  return gate.count() >= full ? Steady::now() : last_sent + broker.linger;
}

Forwarder::Core::awaitable<void> Forwarder::Core::sleep_until(Steady::time_point until) {
  boost::system::error_code woken;
  timer.expires_at(until);
  co_await timer.async_wait(net::redirect_error(net::use_awaitable, woken));
}

void Forwarder::Core::nothing_to_do() {
  const auto now = Steady::now();
  more = false;
  holds.erase(holds.begin(), holds.upper_bound(now));
  look_at = now + options.idle_look;
  if (!holds.empty()) look_at = std::min(look_at, *holds.begin());
  retry_at = look_at;
}

void Forwarder::Core::in_trouble(const ngsi_ld::Classification& answer, const ngsi_ld::Answer& raw,
                                 bool lone) {
  size.in_trouble();
  more = true;
  if (answer.next == ngsi_ld::NextStep::kPause || answer.next == ngsi_ld::NextStep::kRenewToken)
    return pause(answer.reason);
  const bool slow = !answer.rows.empty() && answer.rows[0].pace == ngsi_ld::Pace::kSlow;
  const bool try_others = lone && answer.suspicious && lone_failures++ < kOthersTried;
  Milliseconds wait = slow ? context_back_off.next() : back_off.next();
  if (try_others) wait = options.back_off_base;
  if (raw.retry_after) wait = std::max<Milliseconds>(wait, *raw.retry_after);
  retry_at = Steady::now() + wait;
  trouble.note(Trouble::Kind::kBackingOff, answer.reason, wait, doors.clock.monotonic());
}

void Forwarder::Core::pause(const std::string& reason) {
  size.in_trouble();
  more = true;
  retry_at = Steady::now() + pause_for;
  trouble.note(Trouble::Kind::kPaused, reason, pause_for, doors.clock.monotonic());
  pause_for = std::min(options.pause_cap, 2 * pause_for);
}

void Forwarder::Core::all_is_well(const Judgement& judgement, std::size_t sent) {
  lone_failures = 0;
  const bool stored = !judgement.verdict.accepted.empty();
  if (stored) last_success = doors.clock.now();
  if (stored && !greeted) greet();
  if (judgement.verdict.accepted.size() == sent) size.answered_well(took);
  if (trouble.kind() != Trouble::Kind::kNone) over();
}

// Scorpio makes a database for a tenant it has never seen and hangs when more arrives meanwhile.
void Forwarder::Core::greet() {
  greeted = true;
  memory.remember(learned::kGreeted, 1);
  rest_until = Steady::now() + options.first_contact;
}

void Forwarder::Core::over() {
  back_off.reset();
  context_back_off.reset();
  pause_for = options.pause_base;
  const auto now = doors.clock.monotonic();
  if (trouble.lasts(now) >= broker.resume_spread)
    rest_until = Steady::now() + back_off.up_to(broker.resume_spread);
  const auto totals = doors.outbox.totals();
  const auto ledger = totals.destinations.find(broker.name);
  trouble.over(ledger == totals.destinations.end() ? 0 : ledger->second.queued, now);
}

// The outbox remembers a verdict that it could not write, and its rows stay in flight until it can.
// Sending on at full speed would only pile up more of them.
void Forwarder::Core::not_written(const std::string& reason) {
  const auto wait = back_off.next();
  retry_at = Steady::now() + wait;
  more = true;
  trouble.note(Trouble::Kind::kBackingOff, reason, wait, doors.clock.monotonic());
}

// The dead letters carry every case; the log names the first of a kind.
void Forwarder::Core::tell_of_dead(const Judgement& judgement) {
  for (const auto& rejection : judgement.verdict.rejected) {
    if (rejection.reason == last_dead_reason) continue;
    last_dead_reason = rejection.reason;
    doors.log.warning("broker " + broker.name + " refused an entity (" +
                      printable(rejection.reason, 64) + "): " + printable(rejection.answer) +
                      "; kept as a dead letter");
  }
}

// What a registered source (5.9 of ETSI GS CIM 009) was to store is lost, what this broker holds is
// not.
void Forwarder::Core::tell_of_sources(const Judgement& judgement) {
  if (judgement.let_go > 0 && stats.odd("a registered source fails"))
    doors.log.warning("broker " + broker.name +
                      ": a source that is registered there fails again and again; what the broker "
                      "itself has stored counts");
}

// Once a day: not everybody looks at a status page.
void Forwarder::Core::warn_of_certificates() {
  const auto now = doors.clock.monotonic();
  if (certificates_said && now - *certificates_said < kDay) return;
  const std::string warning = client.running_out(doors.clock.now());
  if (warning.empty() || !doors.clock.trusted()) return;
  certificates_said = now;
  doors.log.warning("broker " + broker.name + ": " + warning);
}

void Forwarder::Core::stop(Milliseconds deadline) {
  stopping = true;
  timer.cancel();
  context_look.cut();
  if (!started || finished) return;
  cutoff.expires_after(deadline);
  cutoff.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
    if (!cancelled) self->client.cut();
  });
}

void Forwarder::Core::abandon() {
  abandoned = true;
  stopping = true;
  client.cut();
  context_look.cut();
  timer.cancel();
  cutoff.cancel();
}

DestinationState Forwarder::Core::state() const {
  DestinationState state;
  switch (trouble.kind()) {
    case Trouble::Kind::kPaused:
      state.state = "paused";
      break;
    case Trouble::Kind::kBackingOff:
      state.state = "backing off";
      break;
    case Trouble::Kind::kNone:
      state.state = in_flight ? "sending" : "idle";
  }
  state.reason = trouble.reason();
  if (state.reason.empty()) state.reason = judge.suspicion().suspected(doors.clock.monotonic());
  state.mode = ngsi_ld::described(ladder.mode());
  state.fallen_back = ladder.rung() > 0;
  if (state.reason.empty() && state.fallen_back) state.reason = "writes by " + state.mode;
  if (const auto most = size.limits().max_bytes; most < broker.max_bytes) state.max_bytes = most;
  state.history_refused = history_refused;
  state.last_success = last_success;
  stats.write(state);
  client.describe(state, doors.clock.now());
  if (state.notice.empty()) state.notice = context_notice;
  return state;
}

}  // namespace lamppost::broker
