// SPDX-License-Identifier: Apache-2.0
#include "outbox/census.h"

namespace lamppost::outbox {

void Census::inherit(const std::string& entity) {
  if (entity.empty())
    anyone_ = true;
  else
    entities_[entity] = {0, true, false, {}};
}

void Census::inherit_rows(std::uint64_t rows, RowId through) {
  inherited_rows_ = rows;
  inherited_through_ = through;
  if (rows == 0) end_inheritance();
}

bool Census::noted(const std::string& entity) const { return entities_.count(entity) != 0; }

std::string Census::to_note(const std::string& entity) const {
  return entities_.size() < kMaxEntities ? entity : "";
}

void Census::add(const Row& row) {
  auto found = entities_.find(row.entity);
  if (found == entities_.end()) {
    if (entities_.size() >= kMaxEntities) {
      anyone_ = true;
      return;
    }
    // Under "anyone" it may have rows that nobody counted.
    found = entities_.emplace(row.entity, Entity{0, anyone_, !anyone_, {}}).first;
  }
  auto& entity = found->second;
  ++entity.rows;
  if (!entity.passes) return;
  passing_[row.id] = {row.entity, row.born_ms};
  entity.passing.push_back(row.id);
  if (entity.passing.size() > kMaxPassingOfOne) join_backlog(entity);
  while (!passing_.empty() && (passing_.size() > kMaxPassing ||
                               passing_.begin()->second.born_ms < row.born_ms - kPassingMs))
    join_backlog(entities_[passing_.begin()->second.entity]);
}

void Census::join_backlog(Entity& entity) {
  for (const auto id : entity.passing) passing_.erase(id);
  entity.passing.clear();
  entity.passes = false;
}

void Census::remove(RowId id, const std::string& entity) {
  if (id <= inherited_through_) {
    if (inherited_rows_ > 0 && --inherited_rows_ == 0) end_inheritance();
    return;
  }
  const auto found = entities_.find(entity);
  if (found == entities_.end()) return;
  auto& [rows, inherited, passes, passing] = found->second;
  if (passing_.erase(id) != 0) std::erase(passing, id);
  if (rows > 0 && --rows == 0) passes = !inherited;
}

void Census::end_inheritance() {
  for (auto& [name, entity] : entities_) {
    if (!entity.inherited) continue;
    entity.inherited = false;
    entity.passes = entity.rows == 0;
  }
  anyone_ = entities_.size() >= kMaxEntities && anyone_;
}

bool Census::may_have_rows_of(const std::string& entity) const {
  const auto found = entities_.find(entity);
  if (found == entities_.end()) return anyone_;
  return found->second.rows > 0 || found->second.inherited;
}

}  // namespace lamppost::outbox
