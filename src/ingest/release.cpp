// SPDX-License-Identifier: Apache-2.0
// Readings that waited for the clock go on with the time they came in.
#include "core/clock.h"
#include "core/log.h"
#include "ingest/judgement.h"
#include "ingest/waiting.h"

namespace lamppost::ingest {
namespace {

using std::chrono::milliseconds;

constexpr outbox::BatchLimits kAtOnce{100, std::size_t{512} << 10};
constexpr int kBatchesAtOnce = 5;  // a long backlog must not hold up what runs beside it
constexpr milliseconds kLookAgain{10'000};

// A reading that came in before the last boot: how long that took nobody knows.
std::string before_boot(const Reading& reading) {
  const std::string text =
      "came in before the gateway was booted anew, when no time server had set the clock; it "
      "showed " +
      to_iso8601(reading.arrived);
  return reading.arrived < kFirstPlausible ? text
                                           : text + ", with which `lamppost dead retry` sends it";
}

std::string never_set(Timestamp at) {
  return "waited clock.max_wait and no time server has set the clock, which would make it " +
         to_iso8601(at);
}

}  // namespace

bool Ingest::clock_trusted() const {
  return pipeline()->config().clock.always_trusted || clock_.clock.trusted();
}

bool Ingest::some_wait() const {
  const auto totals = outbox_.totals();
  const auto found = totals.destinations.find(kClockDestination);
  return found != totals.destinations.end() && found->second.queued > 0;
}

void Ingest::release_waiting() {
  const auto pipeline = this->pipeline();
  const std::lock_guard lock(order_);
  std::size_t released = 0;
  for (int n = 0; n < kBatchesAtOnce && waiting_; ++n) released += release_batch(*pipeline);
  if (released > 0)
    log_.info(std::to_string(released) + " readings that waited for the clock go on");
  if (told_of_clock_ && clock_trusted() && told_of_clock_.exchange(false))
    log_.notice("the clock is set: readings without a time of their own wait no longer");
}

// How many went on. When none can, it does not look again for a while, unless the trust changes.
std::size_t Ingest::release_batch(const Pipeline& pipeline) {
  const bool trusted = clock_trusted();
  const auto now = clock_.clock.monotonic();
  if (now < look_at_ && trusted == was_trusted_) return 0;
  was_trusted_ = trusted;
  look_at_ = now;
  const Batch batch = outbox_.next_batch(kClockDestination, kAtOnce);
  if (batch.rows.empty()) {
    waiting_ = some_wait();
    return 0;
  }
  Verdict verdict;
  for (const auto& row : batch.rows) release_one(pipeline, row, verdict);
  const auto gone = verdict.accepted.size() + verdict.rejected.size();
  if (!outbox_.settle(kClockDestination, verdict, milliseconds(0)) || gone == 0)
    look_at_ = now + kLookAgain;
  return gone;
}

// Accepted: it went on, whatever became of it.
void Ingest::release_one(const Pipeline& pipeline, const BatchRow& row, Verdict& verdict) {
  auto waiting = waiting_of(row.payload);
  if (!waiting) {
    verdict.rejected.push_back({row.id, "malformed", 0, waiting.error().text});
    return;
  }
  Reading& reading = waiting->reading;
  const bool same_boot = waiting->boot == clock_.boot;
  const auto now = clock_.clock.monotonic();
  const auto waited = same_boot ? now - waiting->monotonic : now;
  if (!clock_trusted() && waited < pipeline.config().clock.max_wait) {
    verdict.kept.push_back(row.id);
    return;
  }
  past_.begin();
  past_.next();
  Judgement judgement;
  const Timestamp at{clock_.clock.now().ms - waited.count()};
  if (!same_boot) {
    bury(judgement, letter(reading, nullptr, "no_time", before_boot(reading), ""));
  } else if (at < kFirstPlausible) {
    bury(judgement, letter(reading, nullptr, "no_time", never_set(at), ""));
  } else {
    reading.arrived = at;
    judgement = judge(pipeline, reading, transform(pipeline, reading), past_,
                      Occasion{clock_.clock.now(), false, false});
  }
  judgement.deposit.source = kClockDestination;
  if (store(judgement))
    verdict.accepted.push_back(row.id);
  else
    verdict.kept.push_back(row.id);
}

}  // namespace lamppost::ingest
