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
    : newest_(in(directory, "newest.times"), kNewestSlots, log),
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
}

void Past::next() {
  if (!begins_.empty())
    for (auto at = begins_.back(); at < notes_.size(); ++at)
      pending_.put(notes_[at].key, notes_[at].at.ms);
  begins_.push_back(notes_.size());
}

std::optional<std::int64_t> Past::recall(const TimeTable& table, std::uint64_t key) const {
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
      const auto newest = recall(newest_, note.key);
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
  const auto before = recall(seen_, evidence);
  return before && *before <= at.ms && at.ms - *before <= window.count();
}

void Past::keep(std::size_t readings) {
  const auto end = readings < begins_.size() ? begins_[readings] : notes_.size();
  for (std::size_t at = 0; at < end; ++at) notes_[at].table->put(notes_[at].key, notes_[at].at.ms);
}

}  // namespace lamppost::ingest
