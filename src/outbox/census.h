// SPDX-License-Identifier: Apache-2.0
// Which entities have rows on the durable shelf, for one destination: what has no older row of its
// entity may pass a backlog. Where this cannot be known it answers yes, which costs time and never
// order.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "outbox/row.h"

namespace lamppost::outbox {

class Census {
 public:
  // Entities of one destination that are remembered; of any further one it is said that it has
  // rows. They take some 100 bytes each.
  static constexpr std::size_t kMaxEntities = 100'000;
  // Rows that may pass: the newest so many, of the last minute, and so many of one entity. With
  // more than that an entity is in the backlog, and stays there until all its rows are gone.
  static constexpr std::size_t kMaxPassing = 10'000;
  static constexpr std::size_t kMaxPassingOfOne = 100;
  static constexpr std::int64_t kPassingMs = 60'000;

  struct Passing {
    std::string entity;
    std::int64_t born_ms = 0;
  };

  // At a start: the entities of the table; "" stands for every one. How many rows of them there are
  // is not known, only that of all together: `rows`, up to the id `through`.
  void inherit(const std::string& entity);
  void inherit_rows(std::uint64_t rows, RowId through);

  // Whether the table has this entity.
  bool noted(const std::string& entity) const;
  // What has to be written into the table for an entity that is not noted: itself, or "".
  std::string to_note(const std::string& entity) const;

  void add(const Row& row);
  void remove(RowId id, const std::string& entity);

  bool may_have_rows_of(const std::string& entity) const;
  // Rows without an older row of their entity that is not among these itself; oldest first.
  const std::map<RowId, Passing>& passing() const { return passing_; }

 private:
  struct Entity {
    std::uint64_t rows = 0;      // that came since the start
    bool inherited = false;      // there may be others
    bool passes = true;          // all its rows may pass, and ...
    std::vector<RowId> passing;  // ... these are they
  };
  void join_backlog(Entity& entity);
  void end_inheritance();

  std::unordered_map<std::string, Entity> entities_;
  std::map<RowId, Passing> passing_;
  std::uint64_t inherited_rows_ = 0;
  RowId inherited_through_ = 0;
  bool anyone_ = false;  // may have rows, though it is not in the map
};

}  // namespace lamppost::outbox
