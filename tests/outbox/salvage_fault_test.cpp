// SPDX-License-Identifier: Apache-2.0
// The flash fails at the Nth operation of a salvage, for every N: the start may be refused, but the
// next one, on a disk that works, rescues as much as if nothing had happened.
#include "core/finding.h"
#include "fault_words.h"
#include "outbox/durable_shelf.h"
#include "outbox_words.h"
#include "support/noise.h"
#include "wrecks.h"

namespace lamppost::outbox {
namespace {

DiskImage damaged(unsigned rows = 60) {
  TempOutbox box(durable_only());
  for (unsigned n = 0; n < rows; ++n)
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

// More than the cache holds.
TEST_CASE("a sector that cannot be read costs the rows of its page, now and at the next start") {
  FaultVfs disk;
  TempOutbox box(durable_only());
  constexpr unsigned kRows = 1500;
  for (unsigned n = 0; n < kRows; ++n)
    REQUIRE(box.put("urn:" + std::to_string(n), std::to_string(n) + ";" + noise(1'500, n)));
  box.close();
  const auto page = *places_in(box.options.path).of_row.at(200).begin();
  const auto place = static_cast<std::int64_t>(page - 1) * 4096;
  SUBCASE("from the start on") {
    disk.make_unreadable(box.options.path, place);
    box.reopen();
  }
  SUBCASE("from some time on") {
    box.reopen();
    disk.make_unreadable(box.options.path, place);
  }
  for (int n = 0; n < 60; ++n) {
    box->maintain();
    static_cast<void>(box->settle("city", accepted(take(box)), kNow));
    box.clock.advance(milliseconds(1000));
  }
  CHECK(box.logged("is rebuilt"));
  const auto city = box->totals().destinations.at("city");
  CHECK(city.queued == 0);
  CHECK(city.dropped > 0);
  CHECK(city.dropped < 5);
  CHECK(city.delivered == kRows - city.dropped);
  check_balanced(box);
}

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

TEST_CASE("a disk that gives nothing back for a while is not taken for a damaged file") {
  FaultVfs disk;
  TempOutbox box(durable_only());
  for (unsigned n = 0; n < 1500; ++n)
    REQUIRE(box.put("urn:" + std::to_string(n), std::to_string(n) + ";" + noise(1'500, n)));
  box.close();
  box.reopen();
  disk.set([](FaultVfs::Operation operation) {
    return operation == FaultVfs::Operation::kRead ? SQLITE_IOERR : SQLITE_OK;
  });
  for (int n = 0; n < 100; ++n) {
    box->maintain();
    static_cast<void>(box->settle("city", accepted(take(box)), kNow));
    box.clock.advance(milliseconds(1000));
  }
  CHECK_FALSE(box.logged("is damaged"));
  disk.heal();
  for (int n = 0; n < 40; ++n) {
    box->maintain();
    static_cast<void>(box->settle("city", accepted(take(box)), kNow));
    box.clock.advance(milliseconds(1000));
  }
  CHECK(box->totals().destinations.at("city").delivered == 1500);
  check_balanced(box);
}

TEST_CASE("what does not fit beside the damaged file is counted and stays in the original") {
  const auto files = damaged(1500);
  TempDirectory directory;
  const auto path = directory.path() / "outbox.db";
  write_directory(directory.path(), files);
  Words lines;
  const Log log([&lines](LogLevel, std::string_view line) { lines.emplace_back(line); });
  const auto full = [](const std::filesystem::path&) { return std::optional<std::uint64_t>(1); };
  const auto shelf = DurableShelf::open(path, Timestamp{1}, log, full);
  REQUIRE(shelf);
  CHECK(shelf->tally().rows("city") == 0);
  CHECK(shelf->tally().get(Book::kBroker, "city", "dropped") == 1497);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("the file system is full") != std::string::npos);
  CHECK(count_of_files(directory.path(), ".corrupt-") == 1);
}

}  // namespace lamppost::outbox
