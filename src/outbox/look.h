// SPDX-License-Identifier: Apache-2.0
// Looking at both shelves as one outbox; for the daemon and for `lamppost outbox list`.
#pragma once

#include "outbox/durable_shelf.h"
#include "outbox/fresh_state.h"

namespace lamppost::outbox {

struct Shelves {
  DurableShelf* durable = nullptr;    // may be missing
  const FreshState* fresh = nullptr;  // may be missing
};

std::vector<QueuedRow> list_rows(const Shelves& shelves, std::size_t limit);  // oldest first
std::optional<QueuedRow> find_row(const Shelves& shelves, RowId id);
std::vector<DeadLetter> list_letters(const Shelves& shelves, std::size_t limit);  // newest first
std::optional<DeadLetter> find_letter(const Shelves& shelves, std::int64_t id);
// All but the inbox and `refusing`.
Totals totals_of(const Shelves& shelves);

}  // namespace lamppost::outbox
