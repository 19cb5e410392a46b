// SPDX-License-Identifier: Apache-2.0
#include "ingest/judgement.h"

#include <utility>

namespace lamppost::ingest {
namespace {

using outbox::DeadLetter;
using outbox::ReadingFate;

constexpr std::size_t kMaxKeptPayload = 64 << 10;  // of a dead letter or an unknown reading

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
  for (const auto& destination : entity.route->destinations)
    judgement.deposit.rows.push_back({destination, update.id, entity.json, update.observed_at,
                                      entity.route->mapping->keep_latest,
                                      entity.route->mapping->priority});
}

// A retained reading is a state from an unknown moment of the past. Without a time of its own any
// stamp would be a lie, so it is turned away and counted.
bool is_undated_state(const Reading& reading, const Yield::Entity& entity) {
  return reading.retained && entity.mapped.time_source == mapping::TimeSource::kArrival;
}

}  // namespace

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

void bury(Judgement& judgement, DeadLetter dead) {
  judgement.deposit.fate = ReadingFate::kDead;
  judgement.deposit.reason = dead.reason;
  if (judgement.text.empty())
    judgement.text = dead.pointer.empty() ? dead.text : dead.pointer + ": " + dead.text;
  judgement.deposit.dead.push_back(std::move(dead));
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
      continue;
    }
    judgement.dated_by_us |= entity.mapped.time_source == mapping::TimeSource::kArrival;
    judge_entity(judgement, reading, entity);
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

}  // namespace lamppost::ingest
