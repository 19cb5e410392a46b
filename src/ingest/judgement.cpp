// SPDX-License-Identifier: Apache-2.0
#include "ingest/judgement.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ngsi_ld/serialize.h"

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

// What the judging of one reading shares.
struct Court {
  const Reading& reading;
  Past& past;
  const Occasion& occasion;
  Judgement judgement;
  bool undated = false, known = false;  // entities that end as rejected, as duplicates
};

enum class Part { kLate, kOthers };

// What goes to one destination of an update; nullopt when nothing measured is in it.
std::optional<std::string> part_of(const EntityUpdate& update, const std::vector<std::size_t>& late,
                                   Part part) {
  EntityUpdate left{update.id, update.type, update.observed_at, {}};
  bool measured = false, measures_left = false;
  auto next = late.begin();
  for (std::size_t i = 0; i < update.attributes.size(); ++i) {
    const bool is_late = next != late.end() && *next == i;
    if (is_late) ++next;
    measured |= update.attributes[i].observed_at.has_value();
    if (is_late != (part == Part::kLate)) continue;
    measures_left |= update.attributes[i].observed_at.has_value();
    left.attributes.push_back(update.attributes[i]);
  }
  if (left.attributes.empty() || (measured && !measures_left)) return std::nullopt;
  return ngsi_ld::to_json(left);
}

void store_at(Court& court, const std::string& destination, const Yield::Entity& entity) {
  const auto& rules = *entity.route->mapping;
  const auto& update = entity.mapped.update;
  const bool is_ours = entity.mapped.time_source == mapping::TimeSource::kArrival;
  auto& deposit = court.judgement.deposit;
  const auto& late = court.past.late(
      destination, update,
      {court.occasion.now, court.occasion.is_live && is_ours, court.reading.retained});
  const auto queue = [&](std::string json) {
    deposit.rows.push_back({destination, update.id, std::move(json), update.observed_at,
                            rules.keep_latest, rules.priority});
  };
  if (late.empty() || (rules.late == config::Late::kSend && !court.reading.retained)) {
    deposit.notes.late_send |= !late.empty();
    return queue(entity.json);
  }
  bool kept = false;
  if (rules.late == config::Late::kTemporal && !court.reading.retained)
    if (auto history = part_of(update, late, Part::kLate)) {
      queue(std::move(*history));
      deposit.rows.back().keep_latest = false;
      deposit.rows.back().temporal = kept = deposit.notes.late_temporal = true;
    }
  deposit.notes.late_drop |= !kept && !court.reading.retained;
  if (auto rest = part_of(update, late, Part::kOthers)) return queue(std::move(*rest));
  court.past.take_back();
  if (kept) return;
  if (court.reading.retained)
    court.known = true;
  else
    deposit.late.push_back(destination);
}

void note(outbox::Notes& notes, std::string_view word) {
  auto& words = notes.words;
  if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

void judge_entity(Court& court, Yield::Entity& entity) {
  const auto& reading = court.reading;
  auto& judgement = court.judgement;
  if (is_undated_state(reading, entity)) {
    court.undated = true;
    return;
  }
  judgement.dated_by_us |= entity.mapped.time_source == mapping::TimeSource::kArrival;
  judgement.deposit.notes.implausible_time |= entity.mapped.implausible_time;
  if (entity.evidence != 0 && !court.occasion.may_repeat) {
    if (court.past.seen(entity.evidence, reading.arrived,
                        entity.route->mapping->duplicate_window)) {
      court.known = true;
      return;
    }
    court.past.will_have_seen(entity.evidence, reading.arrived);
  }
  if (!entity.mapped.open.empty()) {
    mapping::complete(entity.mapped, court.past);
    entity.json = ngsi_ld::to_json(entity.mapped.update);
    for (const auto word : entity.mapped.notes) note(judgement.deposit.notes, word);
    if (entity.mapped.update.attributes.empty() && entity.mapped.reason.empty()) return;
  }
  if (!entity.mapped.reason.empty()) {
    DeadLetter dead =
        letter(reading, entity.route, "model", entity.mapped.reason, entity.mapped.pointer);
    dead.entity = entity.mapped.update.id;
    dead.payload = std::move(entity.json);
    bury(judgement, std::move(dead));
    return;
  }
  for (const auto& destination : entity.route->destinations) store_at(court, destination, entity);
}

void decide_fate(Court& court) {
  auto& deposit = court.judgement.deposit;
  auto& text = court.judgement.text;
  if (!deposit.rows.empty()) {
    deposit.fate = ReadingFate::kStored;
  } else if (!deposit.late.empty()) {
    deposit.fate = ReadingFate::kLate;
    text = "older than what has been stored of its entity";
  } else if (court.known) {
    deposit.fate = ReadingFate::kDuplicate;
    text = "has been stored before";
  } else if (court.undated) {
    deposit.fate = ReadingFate::kRejected;
    text = "retained without a time of its own: nobody knows how old it is";
  }
}

}  // namespace

bool is_undated_state(const Reading& reading, const Yield::Entity& entity) {
  return reading.retained && entity.mapped.time_source == mapping::TimeSource::kArrival;
}

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

Judgement judge(const Pipeline& pipeline, const Reading& reading, Yield yield, Past& past,
                const Occasion& occasion) {
  Court court{reading, past, occasion, {}};
  Judgement& judgement = court.judgement;
  judgement.deposit.source = reading.source;
  judgement.deposit.fate = ReadingFate::kEmpty;
  if (reading.cut_from > 0) {
    bury(judgement,
         letter(reading, nullptr, "too_large",
                "payload of " + std::to_string(reading.cut_from) + " bytes is too large", ""));
    return std::move(judgement);
  }
  if (!yield.matched) {
    judgement.text = "no mapping wants this topic";
    judgement.deposit.fate = ReadingFate::kHeld;
    judgement.deposit.unknown = unknown(reading, judgement.text);
    return std::move(judgement);
  }
  for (auto& entity : yield.entities) judge_entity(court, entity);
  for (const auto& [route, error] : yield.faults)
    judge_fault(judgement, reading, route, error, pipeline.config().devices);
  if (judgement.deposit.fate == ReadingFate::kEmpty) decide_fate(court);
  return std::move(judgement);
}

}  // namespace lamppost::ingest
