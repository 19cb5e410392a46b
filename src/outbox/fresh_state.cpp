// SPDX-License-Identifier: Apache-2.0
#include "outbox/fresh_state.h"

namespace lamppost::outbox {

std::uint64_t letter_bytes(const DeadLetter& letter) {
  std::uint64_t bytes = 200;  // numbers, times and the page's own
  for (const auto* text : {&letter.destination, &letter.entity, &letter.reason, &letter.text,
                           &letter.pointer, &letter.payload, &letter.source, &letter.topic,
                           &letter.content_type, &letter.reading, &letter.mapping})
    bytes += text->size();
  return bytes;
}

void FreshState::apply(Entry entry) {
  if (entry.marks) marks_ = *entry.marks;
  if (entry.clears_unknowns) {
    unknowns_.clear();
    gaps_.clear();
  }
  auto& change = entry.change;
  tally_.apply(change);
  for (const auto& erasure : change.erasures) erase(erasure);
  for (auto& replacement : change.replacements) {
    auto& row = lanes_[replacement.row.destination].rows[replacement.row.id];
    row = std::move(replacement.row);
  }
  for (auto& row : change.puts) put(std::move(row));
  for (const auto id : change.erased_letters) {
    const auto found = letters_.find(id);
    if (found == letters_.end()) continue;
    letters_bytes_ -= letter_bytes(found->second);
    letters_.erase(found);
  }
  for (auto& letter : change.letters) {
    letters_bytes_ += letter_bytes(letter);
    letters_[letter.id] = std::move(letter);
  }
  for (auto& unknown : change.unknowns)
    unknowns_[{unknown.source, unknown.topic}] = std::move(unknown);
  for (auto& gap : change.gaps) gaps_[gap.id] = std::move(gap);
}

void FreshState::put(Row row) {
  auto& lane = lanes_[row.destination];
  if (row.latest())
    lane.latest[row.entity] = row.id;
  else if (!lane.latest.empty())
    lane.latest.erase(row.entity);  // merging past this row would turn the order round
  const auto id = row.id;
  lane.rows.insert_or_assign(lane.rows.end(), id, std::move(row));
}

void FreshState::erase(const Erasure& erasure) {
  auto& lane = lanes_[erasure.destination];
  const auto found = lane.rows.find(erasure.id);
  if (found == lane.rows.end()) return;
  forget_latest(lane, found->second);
  lane.rows.erase(found);
}

void FreshState::forget_latest(FreshLane& lane, const Row& row) {
  if (!row.latest()) return;
  const auto found = lane.latest.find(row.entity);
  if (found != lane.latest.end() && found->second == row.id) lane.latest.erase(found);
}

std::size_t FreshState::replay(std::string_view bytes) {
  const auto size = bytes.size();
  const int version = bytes.starts_with(kJournalMagic) ? 2 : 1;
  if (version == 1 && !bytes.starts_with(kJournalMagic1)) return 0;
  bytes.remove_prefix(kJournalMagic.size());
  auto entry = take_entry(bytes, version);
  if (!entry || !entry->marks) return 0;
  for (; entry; entry = take_entry(bytes, version)) apply(std::move(*entry));
  return size - bytes.size();
}

const FreshLane* FreshState::lane(const std::string& destination) const {
  const auto found = lanes_.find(destination);
  return found == lanes_.end() ? nullptr : &found->second;
}

const Row* FreshState::find(const std::string& destination, RowId id) const {
  const auto* queue = lane(destination);
  if (queue == nullptr) return nullptr;
  const auto found = queue->rows.find(id);
  return found == queue->rows.end() ? nullptr : &found->second;
}

const Row* FreshState::find(RowId id) const {
  for (const auto& [name, lane] : lanes_)
    if (const auto* row = find(name, id)) return row;
  return nullptr;
}

const Row* FreshState::latest(const std::string& destination, const std::string& entity) const {
  const auto* queue = lane(destination);
  if (queue == nullptr) return nullptr;
  const auto found = queue->latest.find(entity);
  return found == queue->latest.end() ? nullptr : find(destination, found->second);
}

const Row* FreshState::oldest() const {
  const Row* oldest = nullptr;
  for (const auto& [name, lane] : lanes_)
    if (!lane.rows.empty() && (oldest == nullptr || lane.rows.begin()->first < oldest->id))
      oldest = &lane.rows.begin()->second;
  return oldest;
}

Entry FreshState::catch_up(std::int64_t transfer, RowId moved,
                           std::vector<std::int64_t> moved_letters) const {
  Entry entry;
  entry.marks = marks_;
  entry.marks->transfer = transfer;
  std::map<std::string, std::int64_t> leaving;
  for (const auto& [name, lane] : lanes_)
    for (auto at = lane.rows.begin(); at != lane.rows.end() && at->first <= moved; ++at) {
      entry.change.erasures.push_back({name, at->first, at->second.bytes()});
      ++leaving[name];
    }
  entry.change.counts = leaving_counts(tally_, leaving);
  for (auto& count : entry.change.counts) count.by = -count.by;
  entry.change.erased_letters = std::move(moved_letters);
  return entry;
}

std::vector<Count> leaving_counts(const Tally& tally,
                                  const std::map<std::string, std::int64_t>& moved) {
  std::vector<Count> counts;
  for (const auto& [key, value] : tally.counters()) {
    auto by = value;
    if (key.book == Book::kQueue) continue;
    if (key.book == Book::kBroker && key.word == "stored") {
      const auto leaving = moved.find(key.name);
      const auto queued = static_cast<std::int64_t>(tally.rows(key.name));
      by -= queued - (leaving == moved.end() ? 0 : leaving->second);
    }
    if (by != 0) counts.push_back({key, by});
  }
  return counts;
}

}  // namespace lamppost::outbox
