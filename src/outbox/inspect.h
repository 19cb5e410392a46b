// SPDX-License-Identifier: Apache-2.0
// A look at the files of an outbox from another process, whether a daemon has them open or not. It
// takes no lock that the daemon waits for and changes nothing.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/result.h"
#include "outbox/outbox.h"

namespace lamppost::outbox {

// One moment of an outbox. Single-threaded; everything it returns is a copy.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  virtual std::vector<QueuedRow> list(std::size_t limit) const = 0;  // oldest first
  virtual std::optional<QueuedRow> find(RowId id) const = 0;
  virtual std::vector<DeadLetter> dead(std::size_t limit) const = 0;  // newest first
  virtual std::optional<DeadLetter> find_dead(std::int64_t id) const = 0;
  virtual std::vector<Unknown> unknowns(std::size_t limit) const = 0;  // newest first
  // `refusing` is "" and flash_bytes_written 0: only the daemon knows them.
  virtual Totals totals() const = 0;
};

// kTransient when there is no outbox, it is damaged, or this user may not read it. Of `options`
// only path and runtime_dir matter.
Result<std::unique_ptr<Snapshot>> inspect(const Options& options);

}  // namespace lamppost::outbox
