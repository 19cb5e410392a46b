// SPDX-License-Identifier: Apache-2.0
// The flash fails at the Nth operation of a salvage, for every N: the start may be refused, but the
// next one, on a disk that works, rescues as much as if nothing had happened.
#include "core/finding.h"
#include "fault_words.h"
#include "outbox_words.h"
#include "support/noise.h"
#include "wrecks.h"

namespace lamppost::outbox {
namespace {

DiskImage damaged() {
  TempOutbox box(durable_only());
  for (unsigned n = 0; n < 60; ++n)
    REQUIRE(box.put("urn:" + std::to_string(n % 5), std::to_string(n) + ";" + noise(300, n)));
  REQUIRE(box->settle("city", accepted(take(box, 3)), kNow));
  box.close();
  const auto places = places_in(box.options.path);
  auto image = read_directory(box.options.path.parent_path());
  const auto page = *std::next(places.of_row.begin(), 30)->second.begin();
  image["outbox.db"].replace((page - 1) * 4096, 4096, std::string(4096, '\0'));
  return image;
}

// How often it could fail.
int fail_everywhere(const Trouble& trouble) {
  const auto before = damaged();
  FaultVfs disk;
  TempOutbox box(durable_only());
  const auto directory = box.options.path.parent_path();
  Words whole;
  for (int n = -1;; ++n) {
    CAPTURE(n);
    box.close();
    write_directory(directory, before);
    bool failed = false;
    if (n >= 0) disk.set(fail_at(n, trouble.code, trouble.for_good, &failed), trouble.share);
    try {
      box.reopen();
    } catch (const ConfigError&) {
      CHECK(failed);
    }
    box.close();
    disk.heal();
    box.reopen();
    check_balanced(box);
    if (n < 0) whole = queued(box);
    CHECK(queued(box) == whole);
    CHECK(box->totals().destinations["city"].dropped == 57 - whole.size());
    // One original, with its WAL when that could not be emptied.
    CHECK(count_of_files(directory, "outbox.db.corrupt-") - count_of_files(directory, "Z-wal") ==
          1);
    CHECK(count_of_files(directory, ".rescue") == 0);
    CHECK(box.put("urn:new", "new"));
    if (n >= 0 && !failed) return n;
  }
}

}  // namespace

TEST_CASE("a disk that fails during a salvage loses nothing that could be rescued") {
  for (const auto& trouble : {Trouble{SQLITE_IOERR, false, 0.5},
                              {SQLITE_IOERR, true, 0.5},
                              {SQLITE_IOERR_WRITE, true, 0.999},
                              {SQLITE_FULL, false, 0.001},
                              {SQLITE_FULL, true, 0.5},
                              {SQLITE_READONLY, true, 0}}) {
    const int points = fail_everywhere(trouble);
    CHECK(points > 20);
    tell_points(points, trouble);
  }
}

}  // namespace lamppost::outbox
