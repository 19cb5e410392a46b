// SPDX-License-Identifier: Apache-2.0
#include "broker/suspicion.h"

#include <functional>

namespace lamppost::broker {
namespace {

constexpr int kCommon = 10;  // 5 % of the last 200
constexpr std::size_t kMaxKinds = 16;
constexpr std::size_t kMaxKept = 1000;

std::size_t hash_of(const std::string& kind) { return std::hash<std::string>{}(kind) | 1U; }

}  // namespace

void Suspicion::stored(RowId row, Milliseconds now) {
  stored_at_ = now;
  note(0, now);
  if (!refused_.empty()) refused_.clear();
  if (kept_.empty() || kept_.erase(row) == 0) return;
  kept_.clear();
  kinds_.clear();
  deaths_.clear();
  recent_.fill(0);
  cleared_ = true;
}

bool Suspicion::may_die(RowId row, const std::string& kind, Milliseconds now) {
  last_kind_ = kind;
  if (refused_.size() < kSystemic) refused_.insert(row);
  if (stored_at_.count() < 0 || now - stored_at_ > times_.trust_for) return false;
  refused_.erase(row);
  suspect_if_common(kind, now);
  const auto suspected = kinds_.find(kind);
  if (suspected != kinds_.end() && now < suspected->second) {
    if (kept_.size() < kMaxKept) kept_.insert(row);
    return false;
  }
  note(hash_of(kind), now);
  return true;
}

void Suspicion::note(std::size_t kind, Milliseconds now) {
  auto& slot = recent_[next_];
  next_ = (next_ + 1) % recent_.size();
  if (slot != 0 && --deaths_[slot].count == 0) deaths_.erase(slot);
  if (kind != 0) ++deaths_.try_emplace(kind, Deaths{0, now}).first->second.count;
  slot = kind;
}

void Suspicion::suspect_if_common(const std::string& kind, Milliseconds now) {
  const auto deaths = deaths_.find(hash_of(kind));
  if (deaths == deaths_.end() || deaths->second.count < kCommon) return;
  if (kinds_.contains(kind) || kinds_.size() >= kMaxKinds) return;
  kinds_.emplace(kind, now + times_.suspect_for);
  news_ = deaths->second.first;
}

std::string Suspicion::nothing_passes() const {
  if (refused_.size() < kSystemic) return "";
  return std::to_string(kSystemic) + " entities refused and none stored in between, the last as " +
         last_kind_;
}

std::string Suspicion::suspected(Milliseconds now) const {
  std::string kinds;
  for (const auto& [kind, until] : kinds_)
    if (now < until) kinds.append(kinds.empty() ? "" : "; ").append(kind);
  return kinds.empty() ? "" : "more than 5 % of the entities are refused as " + kinds;
}

}  // namespace lamppost::broker
