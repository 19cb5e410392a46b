// SPDX-License-Identifier: Apache-2.0
// The fresh shelf: rows of the last second or so, in memory, and their journal on tmpfs. Survives
// kill -9, not a power cut; costs no flash. Not thread-safe: the outbox holds its lock.
#pragma once

#include <filesystem>
#include <memory>

#include "core/log.h"
#include "outbox/append_file.h"
#include "outbox/fresh_state.h"

namespace lamppost::outbox {

class FreshShelf {
 public:
  // Opens or creates runtime_dir/fresh.journal. A file that is no journal is set aside. Throws
  // ConfigError when the directory can not be used or the journal is of a newer version.
  FreshShelf(const std::filesystem::path& runtime_dir, Timestamp now, const Log& log);
  FreshShelf(const FreshShelf&) = delete;
  FreshShelf& operator=(const FreshShelf&) = delete;

  // All of it or, with the reason, nothing.
  Result<void> commit(Entry entry);
  // For what must not fail, because it has happened already (a broker took the rows): is written
  // with the next entry when it can not be written now. A kill before that offers the rows again.
  void commit_surely(Entry entry);

  // Rewrites the journal when it is mostly history.
  void tidy();

  const FreshState& state() const { return state_; }
  std::uint64_t live_bytes() const;

 private:
  Result<void> write();
  bool rewrite();

  const Log& log_;
  std::filesystem::path path_;
  AppendFile file_;
  std::string unwritten_;  // entries on their way to the file
  FreshState state_;
};

// A snapshot of a journal that another process may be writing.
bool read_journal(const std::filesystem::path& runtime_dir, FreshState& state);

}  // namespace lamppost::outbox
