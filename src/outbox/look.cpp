// SPDX-License-Identifier: Apache-2.0
#include "outbox/look.h"

#include <algorithm>

namespace lamppost::outbox {
namespace {

QueuedRow queued(const Row& row) {
  return {row.id,       row.destination, row.entity,  row.payload,
          row.enqueued, row.observed_at, row.attempts};
}

void sort_and_cut(std::vector<QueuedRow>& rows, std::size_t limit) {
  std::sort(rows.begin(), rows.end(),
            [](const auto& left, const auto& right) { return left.id < right.id; });
  if (rows.size() > limit) rows.resize(limit);
}

std::vector<QueuedRow> durable_rows(DurableShelf& durable, std::size_t limit) {
  std::vector<QueuedRow> rows;
  for (const auto& name : durable.destinations()) {
    std::size_t left = limit;
    if (left == 0) break;
    durable.scan(name, 0, [&](const RowCursor& cursor) {
      rows.push_back(queued(cursor.row()));
      return --left > 0;
    });
  }
  sort_and_cut(rows, limit);
  return rows;
}

std::vector<QueuedRow> fresh_rows(const FreshState& fresh, std::size_t limit) {
  std::vector<QueuedRow> rows;
  for (const auto& [name, lane] : fresh.lanes()) {
    std::size_t left = limit;
    for (auto at = lane.rows.begin(); at != lane.rows.end() && left > 0; ++at, --left)
      rows.push_back(queued(at->second));
  }
  sort_and_cut(rows, limit);
  return rows;
}

}  // namespace

std::vector<QueuedRow> list_rows(const Shelves& shelves, std::size_t limit) {
  std::vector<QueuedRow> rows;
  // Everything on the durable shelf is older than everything on the fresh one.
  if (shelves.durable != nullptr) rows = durable_rows(*shelves.durable, limit);
  if (shelves.fresh == nullptr || rows.size() == limit) return rows;
  for (auto& row : fresh_rows(*shelves.fresh, limit - rows.size())) rows.push_back(std::move(row));
  return rows;
}

std::optional<QueuedRow> find_row(const Shelves& shelves, RowId id) {
  if (shelves.fresh != nullptr)
    if (const auto* row = shelves.fresh->find(id)) return queued(*row);
  if (shelves.durable != nullptr)
    for (const auto& name : shelves.durable->destinations())
      if (const auto row = shelves.durable->find(name, id); row && *row) return queued(**row);
  return std::nullopt;
}

std::vector<DeadLetter> list_letters(const Shelves& shelves, std::size_t limit) {
  std::vector<DeadLetter> letters;
  if (shelves.fresh != nullptr)
    for (const auto& [id, letter] : shelves.fresh->letters()) letters.push_back(letter);
  if (shelves.durable != nullptr)
    for (auto& letter : shelves.durable->letters(limit)) letters.push_back(std::move(letter));
  std::sort(letters.begin(), letters.end(),
            [](const auto& left, const auto& right) { return left.id > right.id; });
  if (letters.size() > limit) letters.resize(limit);
  return letters;
}

std::optional<DeadLetter> find_letter(const Shelves& shelves, std::int64_t id) {
  if (shelves.fresh != nullptr) {
    const auto found = shelves.fresh->letters().find(id);
    if (found != shelves.fresh->letters().end()) return found->second;
  }
  return shelves.durable == nullptr ? std::nullopt : shelves.durable->letter(id);
}

Totals totals_of(const Shelves& shelves) {
  Totals totals;
  Tally both;
  if (shelves.durable != nullptr) {
    both.merge(shelves.durable->tally());
    totals.dead_letters = shelves.durable->letters_count();
    totals.file_bytes = shelves.durable->file_bytes();
    totals.flash_bytes_written = shelves.durable->flash_bytes_written();
  }
  if (shelves.fresh != nullptr) {
    both.merge(shelves.fresh->tally());
    totals.dead_letters += shelves.fresh->letters().size();
  }
  both.fill(totals);
  const auto oldest = list_rows(shelves, 1);
  if (!oldest.empty()) totals.oldest = oldest.front().enqueued;
  return totals;
}

}  // namespace lamppost::outbox
