// SPDX-License-Identifier: Apache-2.0
#include "outbox/gap_book.h"

#include <algorithm>

namespace lamppost::outbox {
namespace {

constexpr std::size_t kMaxTypes = 8;
constexpr std::size_t kMaxType = 64;

// "AirQualityObserved" of "urn:ngsi-ld:AirQualityObserved:quay-7"; "" of other ids.
std::string type_of(const std::string& entity) {
  constexpr std::string_view kUrn = "urn:ngsi-ld:";
  if (!entity.starts_with(kUrn)) return "";
  const auto type = entity.substr(kUrn.size(), entity.find(':', kUrn.size()) - kUrn.size());
  return type.size() > kMaxType ? "" : type;
}

bool names(const std::string& types, const std::string& type) {
  return (", " + types + ",").find(", " + type + ",") != std::string::npos;
}

void add_type(std::string& types, const std::string& type) {
  if (type.empty() || types.ends_with("...") || names(types, type)) return;
  const auto commas = static_cast<std::size_t>(std::count(types.begin(), types.end(), ','));
  if (!types.empty()) types += ", ";
  types += commas + 1 >= kMaxTypes ? "..." : type;
}

void add_loss(Gap& gap, const Loss& loss) {
  gap.first = gap.rows == 0 ? loss.observed_at : std::min(gap.first, loss.observed_at);
  gap.last = gap.rows == 0 ? loss.observed_at : std::max(gap.last, loss.observed_at);
  add_type(gap.types, type_of(loss.entity));
  ++gap.rows;
}

}  // namespace

void GapBook::load(Gap gap) {
  auto& known = gaps_[gap.id];
  if (gap.rows > known.rows) known = std::move(gap);
  if (gaps_.size() > kMaxGaps) gaps_.erase(gaps_.begin());
}

std::vector<Gap> GapBook::with(const std::vector<Loss>& losses, const std::string& reason,
                               Timestamp wall, std::chrono::milliseconds now) const {
  std::map<std::string, Gap> entries;
  auto next_id = gaps_.empty() ? 1 : gaps_.rbegin()->first + 1;
  for (const auto& loss : losses) {
    auto entry = entries.find(loss.destination);
    if (entry == entries.end()) {
      Gap gap{0, loss.destination, reason, 0, wall, wall, {}, {}, ""};
      const auto open = open_.find({loss.destination, reason});
      const bool goes_on = open != open_.end() && now - open->second.last < kPause;
      if (const auto* known = goes_on ? find(open->second.id) : nullptr)
        gap = *known;
      else
        gap.id = next_id++;
      gap.ended = wall;
      entry = entries.emplace(loss.destination, std::move(gap)).first;
    }
    add_loss(entry->second, loss);
  }
  std::vector<Gap> list;
  list.reserve(entries.size());
  for (auto& [destination, gap] : entries) list.push_back(std::move(gap));
  return list;
}

std::vector<Gap> GapBook::keep(const std::vector<Gap>& entries, std::chrono::milliseconds now) {
  std::vector<Gap> begun;
  for (const auto& gap : entries) {
    if (find(gap.id) == nullptr) begun.push_back(gap);
    open_[{gap.destination, gap.reason}] = {gap.id, now};
    load(gap);
  }
  return begun;
}

std::vector<Gap> GapBook::take_ended(std::chrono::milliseconds now) {
  std::vector<Gap> ended;
  std::erase_if(open_, [&](const auto& item) {
    if (now - item.second.last < kPause) return false;
    if (const auto* gap = find(item.second.id)) ended.push_back(*gap);
    return true;
  });
  return ended;
}

const Gap* GapBook::find(std::int64_t id) const {
  const auto found = gaps_.find(id);
  return found == gaps_.end() ? nullptr : &found->second;
}

std::vector<Gap> GapBook::newest() const {
  std::vector<Gap> list;
  for (auto at = gaps_.rbegin(); at != gaps_.rend(); ++at) list.push_back(at->second);
  return list;
}

std::string to_text(const Gap& gap) {
  return gap.destination + ": " + std::to_string(gap.rows) + " rows, observed " +
         to_iso8601(gap.first) + " to " + to_iso8601(gap.last) +
         (gap.types.empty() ? "" : ": " + gap.types);
}

}  // namespace lamppost::outbox
