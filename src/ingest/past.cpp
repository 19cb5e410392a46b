// SPDX-License-Identifier: Apache-2.0
#include "ingest/past.h"

#include <algorithm>

#include "core/clock.h"
#include "core/fingerprint.h"
#include "core/json.h"
#include "mapping/time_value.h"

namespace lamppost::ingest {
namespace {

constexpr std::size_t kRestored = 5000;  // each is parsed: some 0.1 s in all

std::filesystem::path in(const std::filesystem::path& directory, const char* name) {
  return directory.empty() ? directory : directory / name;
}

Fingerprint entity_key(const std::string& destination, const std::string& entity) {
  return Fingerprint().add(destination).add(entity);
}

Timestamp time_of(const Json& attribute, Timestamp otherwise) {
  const auto at = attribute.find("observedAt");
  if (at == attribute.end() || !at->is_string()) return otherwise;
  return parse_rfc3339(at->get_ref<const std::string&>()).value_or(otherwise);
}

}  // namespace

Past::Past(const std::filesystem::path& directory, const Log& log)
    : directory_(directory),
      log_(log),
      newest_(in(directory, "newest.times"), kNewestSlots, log),
      seen_(in(directory, "seen.times"), kSeenSlots, log) {}

void Past::restore(const outbox::Outbox& outbox) {
  if (newest_.survived()) return;
  for (const auto& row : outbox.list(kRestored)) {
    const Json entity = Json::parse(row.payload, nullptr, false);
    if (!entity.is_object()) continue;
    const auto key = entity_key(row.destination, row.entity);
    for (const auto& [name, attribute] : entity.items()) {
      if (!attribute.is_object()) continue;
      auto of_attribute = key;
      const auto of_name = of_attribute.add(name).value();
      const auto at = time_of(attribute, row.observed_at);
      newest_.put(of_name, std::max(at.ms, newest_.find(of_name).value_or(at.ms)));
    }
  }
}

void Past::begin() {
  notes_.clear();
  begins_.clear();
  pending_.clear();
  tracks_.clear();
  latest_track_.clear();
}

void Past::next() {
  if (!begins_.empty())
    for (auto at = begins_.back().notes; at < notes_.size(); ++at)
      pending_.put(notes_[at].key, notes_[at].at.ms);
  begins_.push_back({notes_.size(), tracks_.size()});
}

std::optional<std::int64_t> Past::recall_time(const TimeTable& table, std::uint64_t key) const {
  if (!pending_.empty())
    if (const auto at = pending_.find(key)) return at;
  return table.find(key);
}

const std::vector<std::size_t>& Past::late(const std::string& destination,
                                           const EntityUpdate& update, const Comparing& comparing) {
  late_.clear();
  before_ = notes_.size();
  const auto key = entity_key(destination, update.id);
  // A clock that nobody has set cannot tell a device's 2099 from a late reading's neighbour.
  const bool asks = !comparing.is_now && comparing.now >= kFirstPlausible;
  for (std::size_t i = 0; i < update.attributes.size(); ++i) {
    const auto& attribute = update.attributes[i];
    const auto at = attribute.observed_at.value_or(update.observed_at);
    auto of_attribute = key;
    const Note note{of_attribute.add(attribute.name).value(), at, &newest_};
    if (asks) {
      const auto newest = recall_time(newest_, note.key);
      if (newest && (comparing.equal_is_late ? at.ms <= *newest : at.ms < *newest) &&
          mapping::is_plausible(Timestamp{*newest}, comparing.now)) {
        late_.push_back(i);
        continue;
      }
    }
    notes_.push_back(note);
  }
  return late_;
}

bool Past::seen(std::uint64_t evidence, Timestamp at, std::chrono::milliseconds window) const {
  const auto before = recall_time(seen_, evidence);
  return before && *before <= at.ms && at.ms - *before <= window.count();
}

SeriesTable& Past::series() {
  if (!series_) series_.emplace(in(directory_, "series.tracks"), kSeriesSlots, log_);
  return *series_;
}

std::optional<mapping::Track> Past::recall(std::uint64_t key) {
  if (const auto at = latest_track_.find(key)) return tracks_[static_cast<std::size_t>(*at)].second;
  return series().find(key);
}

void Past::remember(std::uint64_t key, const mapping::Track& track) {
  latest_track_.put(key, static_cast<std::int64_t>(tracks_.size()));
  tracks_.emplace_back(key, track);
}

void Past::forget_this() {
  notes_.resize(begins_.back().notes);
  if (tracks_.size() == begins_.back().tracks) return;
  tracks_.resize(begins_.back().tracks);
  latest_track_.clear();
  for (std::size_t at = 0; at < tracks_.size(); ++at)
    latest_track_.put(tracks_[at].first, static_cast<std::int64_t>(at));
}

void Past::keep(std::size_t readings) {
  const auto end =
      readings < begins_.size() ? begins_[readings] : Begin{notes_.size(), tracks_.size()};
  for (std::size_t at = 0; at < end.notes; ++at)
    notes_[at].table->put(notes_[at].key, notes_[at].at.ms);
  for (std::size_t at = 0; at < end.tracks; ++at)
    series().put(tracks_[at].first, tracks_[at].second);
}

}  // namespace lamppost::ingest
