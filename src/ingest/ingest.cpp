// SPDX-License-Identifier: Apache-2.0
#include "ingest/ingest.h"

#include <algorithm>

namespace lamppost::ingest {
namespace {

using outbox::DeadLetter;
using outbox::Deposit;
using outbox::ReadingFate;

constexpr std::size_t kMaxKeptPayload = 64 << 10;  // of a dead letter or an unknown reading

// What the gateway does with one reading, worked out before anything is stored.
struct Judgement {
  Deposit deposit;
  std::string text;  // for the sender and the log, "" when stored
};

DeadLetter letter(const Reading& reading, const Route* route, std::string reason, std::string text,
                  std::string pointer) {
  DeadLetter dead;
  dead.reason = std::move(reason);
  dead.text = std::move(text);
  dead.pointer = std::move(pointer);
  dead.source = reading.source;
  dead.topic = reading.topic;
  dead.content_type = reading.content_type;
  dead.reading = reading.payload.substr(0, kMaxKeptPayload);
  dead.mapping = route != nullptr ? route->mapping->name : "";
  dead.arrived = reading.arrived;
  return dead;
}

outbox::Unknown unknown(const Reading& reading, std::string text) {
  outbox::Unknown held;
  held.source = reading.source;
  held.topic = reading.topic;
  held.content_type = reading.content_type;
  held.payload = reading.payload.substr(0, kMaxKeptPayload);
  held.text = std::move(text);
  held.count = 1;
  held.first = held.last = reading.arrived;
  return held;
}

void bury(Judgement& judgement, DeadLetter dead) {
  judgement.deposit.fate = ReadingFate::kDead;
  judgement.deposit.reason = dead.reason;
  if (judgement.text.empty())
    judgement.text = dead.pointer.empty() ? dead.text : dead.pointer + ": " + dead.text;
  judgement.deposit.dead.push_back(std::move(dead));
}

void judge_fault(Judgement& judgement, const Reading& reading, const Route* route,
                 const Error& error, const config::Devices& devices) {
  if (!mapping::is_unknown_device(error)) {
    bury(judgement, letter(reading, route, "malformed", error.text, error.pointer));
    return;
  }
  judgement.text = error.text;
  if (judgement.deposit.fate == ReadingFate::kDead) return;
  if (devices.unknown == config::UnknownDevice::kReject) {
    judgement.deposit.fate = ReadingFate::kRejected;
    return;
  }
  judgement.deposit.fate = ReadingFate::kHeld;
  judgement.deposit.unknown = unknown(reading, error.text);
}

void judge_entity(Judgement& judgement, const Reading& reading, Yield::Entity& entity) {
  const auto& update = entity.mapped.update;
  if (!entity.mapped.reason.empty()) {
    DeadLetter dead =
        letter(reading, entity.route, "model", entity.mapped.reason, entity.mapped.pointer);
    dead.entity = update.id;
    dead.payload = std::move(entity.json);
    bury(judgement, std::move(dead));
    return;
  }
  const auto& destinations = entity.route->destinations;
  for (std::size_t i = 0; i < destinations.size(); ++i)
    judgement.deposit.rows.push_back(
        {destinations[i], update.id,
         i + 1 < destinations.size() ? entity.json : std::move(entity.json), update.observed_at,
         entity.route->mapping->keep_latest});
}

// A retained reading is a state from an unknown moment of the past. Without a time of its own any
// stamp would be a lie, so it is turned away and counted.
bool is_undated_state(const Reading& reading, const Yield::Entity& entity) {
  return reading.retained && entity.mapped.time_source == mapping::TimeSource::kArrival;
}

Judgement judge(const Pipeline& pipeline, const Reading& reading) {
  Judgement judgement;
  judgement.deposit.source = reading.source;
  judgement.deposit.fate = ReadingFate::kEmpty;
  if (reading.cut_from > 0) {
    bury(judgement,
         letter(reading, nullptr, "too_large",
                "payload of " + std::to_string(reading.cut_from) + " bytes is too large", ""));
    return judgement;
  }
  Yield yield = transform(pipeline, reading);
  if (!yield.matched) {
    judgement.text = "no mapping wants this topic";
    judgement.deposit.fate = ReadingFate::kHeld;
    judgement.deposit.unknown = unknown(reading, judgement.text);
    return judgement;
  }
  std::size_t undated = 0;
  for (auto& entity : yield.entities) {
    if (is_undated_state(reading, entity)) {
      ++undated;
    } else {
      judge_entity(judgement, reading, entity);
    }
  }
  for (const auto& [route, error] : yield.faults)
    judge_fault(judgement, reading, route, error, pipeline.config().devices);
  if (judgement.deposit.fate == ReadingFate::kEmpty && !judgement.deposit.rows.empty())
    judgement.deposit.fate = ReadingFate::kStored;
  if (judgement.deposit.fate == ReadingFate::kEmpty && undated > 0) {
    judgement.deposit.fate = ReadingFate::kRejected;
    judgement.text = "retained without a time of its own: nobody knows how old it is";
  }
  return judgement;
}

Disposition disposition_of(ReadingFate fate) {
  switch (fate) {
    case ReadingFate::kStored:
      return Disposition::kStored;
    case ReadingFate::kEmpty:
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

}  // namespace

Ingest::Ingest(std::shared_ptr<const Pipeline> pipeline, outbox::Outbox& outbox, const Log& log)
    : outbox_(outbox), log_(log), pipeline_(std::move(pipeline)) {}

Outcome Ingest::accept(const Reading& reading) {
  Judgement judgement = judge(*pipeline(), reading);
  const auto stored = outbox_.append(judgement.deposit);
  if (!stored) {
    if (!refusing_.exchange(true)) log_.error(stored.error().text);
    return {Disposition::kRefused, stored.error().text};
  }
  if (refusing_.exchange(false)) log_.notice("outbox takes readings again");
  return {disposition_of(judgement.deposit.fate), std::move(judgement.text)};
}

Result<std::size_t> Ingest::replay(const outbox::DeadLetter& dead) {
  const Reading reading{dead.source, dead.topic, dead.reading, dead.content_type, "", dead.arrived};
  Judgement judgement = judge(*pipeline(), reading);
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
  if (auto stored = outbox_.append(judgement.deposit); !stored) return stored.error();
  return rows.size();
}

void Ingest::replace(std::shared_ptr<const Pipeline> pipeline) {
  const std::lock_guard lock(mutex_);
  pipeline_ = std::move(pipeline);
}

std::shared_ptr<const Pipeline> Ingest::pipeline() const {
  const std::lock_guard lock(mutex_);
  return pipeline_;
}

}  // namespace lamppost::ingest
