// SPDX-License-Identifier: Apache-2.0
// The flash fails at the Nth operation of a start, for every N, also while the file is being made:
// the start may be refused, but the next one, on a disk that works, finds everything.
#include "core/finding.h"
#include "fault_words.h"
#include "outbox_words.h"
#include "run_sql.h"
#include "wrecks.h"

namespace lamppost::outbox {
namespace {

struct Before {
  DiskImage files;
  Words rows;
};

// What a run leaves that was stopped, or killed.
Before before(bool killed) {
  TempOutbox box(durable_only());
  for (int n = 0; n < 9; ++n) REQUIRE(box.put("urn:" + std::to_string(n % 3), std::to_string(n)));
  Before before{{}, queued(box)};
  if (!killed) box.close();
  before.files = read_directory(box.options.path.parent_path());
  return before;
}

// As version 2 of the file left it.
Before before_migration() {
  TempOutbox box(durable_only());
  for (int n = 0; n < 9; ++n) REQUIRE(box.put("urn:" + std::to_string(n % 3), std::to_string(n)));
  Before before{{}, queued(box)};
  box.close();
  run_sql(box.options.path, kToVersion2);
  before.files = read_directory(box.options.path.parent_path());
  return before;
}

// Returns false once N is beyond the last operation.
bool fail_nth(int n, TempOutbox& box, FaultVfs& disk, const Before& before,
              const Trouble& trouble) {
  CAPTURE(n);
  bool failed = false;
  const auto directory = box.options.path.parent_path();
  write_directory(directory, before.files);
  write_directory(box.options.runtime_dir, {});
  disk.set(fail_at(n, trouble.code, trouble.for_good, &failed), trouble.share);
  try {
    box.reopen();
  } catch (const ConfigError& error) {
    CHECK(failed);
  }
  box.close();
  disk.heal();
  box.reopen();
  CHECK(queued(box) == before.rows);
  check_balanced(box);
  CHECK(box.put("urn:new", "new"));
  box.close();
  for (const auto& [name, bytes] : read_directory(directory))
    CHECK(name.find(".corrupt-") == std::string::npos);
  return failed;
}

void fail_everywhere(const Before& before, const Options& options, const Trouble& trouble) {
  CAPTURE(trouble.code);
  CAPTURE(trouble.for_good);
  FaultVfs disk;
  TempOutbox box(options);
  int n = 0;
  while (fail_nth(n, box, disk, before, trouble)) ++n;
  CHECK(n > 5);
  tell_points(n, trouble);
}

void fail_everywhere(const Before& before) {
  for (const auto& trouble : {Trouble{SQLITE_IOERR, false, 0.5},
                              {SQLITE_IOERR_WRITE, true, 0.999},
                              {SQLITE_FULL, false, 0.001},
                              {SQLITE_FULL, true, 0.5},
                              {SQLITE_READONLY, true, 0}})
    fail_everywhere(before, durable_only(), trouble);
  fail_everywhere(before, Options{}, {SQLITE_IOERR, false, 0.5});
}

}  // namespace

TEST_CASE("a disk that fails while the file is made leaves nothing in the way of the next start") {
  fail_everywhere({});
}

TEST_CASE("a disk that fails during a start loses nothing of a run that was stopped") {
  fail_everywhere(before(false));
}

TEST_CASE("a disk that fails during a start loses nothing of a run that was killed") {
  fail_everywhere(before(true));
}

TEST_CASE("a disk that fails while an older file is brought up to date loses nothing of it") {
  fail_everywhere(before_migration());
}

// SQLite takes it for a torn end: nobody can tell the two apart.
TEST_CASE("a WAL that the flash has altered ends there, and what is older stays and balances") {
  const auto intact = before(true);
  const auto size = intact.files.at("outbox.db-wal").size();
  TempOutbox box(durable_only());
  std::size_t rows = 0;
  for (std::size_t at = 100; at < size; at += 4000) {
    box.close();
    auto files = intact.files;
    files["outbox.db-wal"][at] ^= 1;
    write_directory(box.options.path.parent_path(), files);
    box.reopen();
    check_balanced(box);
    const auto there = queued(box);
    CHECK(there.size() >= rows);
    CHECK(std::equal(there.begin(), there.end(), intact.rows.begin()));
    rows = there.size();
  }
  CHECK(rows < intact.rows.size());
}

}  // namespace lamppost::outbox
