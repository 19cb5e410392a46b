// SPDX-License-Identifier: Apache-2.0
#include "ingest/ingest.h"

#include <algorithm>

#include "ingest/judgement.h"
#include "ingest/waiting.h"

namespace lamppost::ingest {
namespace {

using outbox::ReadingFate;

Disposition disposition_of(ReadingFate fate) {
  switch (fate) {
    case ReadingFate::kStored:
    case ReadingFate::kDuplicate:
      return Disposition::kStored;
    case ReadingFate::kEmpty:
    case ReadingFate::kLate:
      return Disposition::kEmpty;
    case ReadingFate::kDead:
      return Disposition::kDead;
    case ReadingFate::kHeld:
      return Disposition::kHeld;
    case ReadingFate::kRejected:
      return Disposition::kRejected;
  }
  return Disposition::kRefused;
}

// What was cut on its way is never decoded.
Yield transform_whole(const Pipeline& pipeline, const Reading& reading) {
  return reading.cut_from > 0 ? Yield{} : transform(pipeline, reading);
}

}  // namespace

Ingest::Ingest(std::shared_ptr<const Pipeline> pipeline, outbox::Outbox& outbox, ClockDoor clock,
               const std::filesystem::path& memory, const Log& log)
    : outbox_(outbox),
      clock_(std::move(clock)),
      log_(log),
      pipeline_(std::move(pipeline)),
      past_(memory, log),
      freshness_(clock_.clock, clock_.boot, memory, log),
      waiting_(some_wait()) {
  past_.restore(outbox_);
  freshness_.configure(pipeline_->config());
}

std::vector<Outcome> Ingest::accept(std::span<const Reading> readings) {
  const auto pipeline = this->pipeline();
  std::vector<Yield> yields;
  yields.reserve(readings.size());
  for (const auto& reading : readings) yields.push_back(transform_whole(*pipeline, reading));
  std::vector<outbox::Deposit> deposits;
  std::vector<Outcome> outcomes;
  deposits.reserve(readings.size());
  outcomes.reserve(readings.size());
  const std::lock_guard lock(order_);
  begin(*pipeline);
  for (std::size_t i = 0; i < readings.size(); ++i) {
    auto judgement = judge_now(*pipeline, readings[i], std::move(yields[i]));
    outcomes.push_back({disposition_of(judgement.deposit.fate), std::move(judgement.text)});
    deposits.push_back(std::move(judgement.deposit));
  }
  const auto appended = outbox_.append(deposits);
  past_.keep(appended.count);
  for (auto n = appended.count; n < outcomes.size(); ++n)
    outcomes[n] = {Disposition::kRefused, appended.refusal};
  return outcomes;
}

// What waited for the clock goes first, or an entity would see its earlier state last. Whoever
// comes takes some of it along, so that the backlog shrinks at any rate.
void Ingest::begin(const Pipeline& pipeline) {
  if (waiting_) release_batch(pipeline);
  past_.begin();
}

Judgement Ingest::judge_now(const Pipeline& pipeline, const Reading& reading, Yield yield) {
  past_.next();
  for (const auto& entity : yield.entities)
    if (!is_undated_state(reading, entity) &&
        Freshness::expects(*entity.route->mapping, entity.mapped))
      freshness_.heard(*entity.route->mapping, entity.mapped, reading.arrived, clock_trusted());
  Judgement judgement =
      judge(pipeline, reading, std::move(yield), past_, Occasion{reading.arrived, true, false});
  if (!judgement.dated_by_us || (!waiting_ && clock_trusted())) return judgement;
  past_.forget_this();
  waiting_ = true;
  return wait_for_clock(reading);
}

// The one reading that past_ has begun with.
Result<void> Ingest::store(const Judgement& judgement) {
  auto stored = outbox_.append(judgement.deposit);
  if (stored) past_.keep(1);
  return stored;
}

// Its mapping is applied when it goes on; what the mapping makes of it today is known to be good or
// to be a dead letter then.
Judgement Ingest::wait_for_clock(const Reading& reading) {
  if (!clock_trusted() && !told_of_clock_.exchange(true))
    log_.warning(
        "no time server has set the clock: readings without a time of their own wait until "
        "one does (clock.max_wait)");
  Judgement judgement;
  judgement.deposit.source = reading.source;
  judgement.deposit.rows.push_back(
      {kClockDestination, reading.source + " " + reading.topic,
       to_text(Waiting{reading, clock_.boot, clock_.clock.monotonic()}), reading.arrived});
  return judgement;
}

Result<std::size_t> Ingest::replay(const outbox::DeadLetter& dead) {
  const Reading reading{dead.source, dead.topic, dead.reading, dead.content_type, "", dead.arrived};
  const auto pipeline = this->pipeline();
  Yield yield = transform(*pipeline, reading);
  const std::lock_guard lock(order_);
  past_.begin();
  Judgement judgement =
      judge(*pipeline, reading, std::move(yield), past_, Occasion{clock_.clock.now(), false, true});
  if (judgement.dated_by_us && dead.arrived < kFirstPlausible)
    return Error{Fault::kMalformed,
                 "nobody knows when it came in: the clock showed " + to_iso8601(dead.arrived), ""};
  auto& rows = judgement.deposit.rows;
  // Only what died is replayed: its siblings left long ago and must not come back with an old
  // state.
  if (!dead.entity.empty())
    std::erase_if(rows, [&](const outbox::NewRow& row) { return row.entity != dead.entity; });
  if (rows.empty())
    return Error{Fault::kMalformed,
                 judgement.text.empty() ? "today's mapping makes nothing of it" : judgement.text,
                 ""};
  judgement.deposit.source = kRetrySource;
  judgement.deposit.fate = ReadingFate::kStored;
  judgement.deposit.dead.clear();
  judgement.deposit.unknown.reset();
  if (auto done = store(judgement); !done) return done.error();
  return rows.size();
}

void Ingest::replace(std::shared_ptr<const Pipeline> pipeline) {
  freshness_.configure(pipeline->config());
  const std::lock_guard lock(mutex_);
  pipeline_ = std::move(pipeline);
}

std::shared_ptr<const Pipeline> Ingest::pipeline() const {
  const std::lock_guard lock(mutex_);
  return pipeline_;
}

}  // namespace lamppost::ingest
