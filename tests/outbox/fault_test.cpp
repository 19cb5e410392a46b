// SPDX-License-Identifier: Apache-2.0
// The flash fails at its Nth operation, for every N: nothing acknowledged is lost, nothing comes
// out of order, nothing settled comes twice, and all goes on when the flash works again.
#include "fault_words.h"
#include "outbox_words.h"
#include "support/file_limit.h"
#include "support/noise.h"

namespace lamppost::outbox {
namespace {

struct Expected {
  Words acknowledged, delivered, rejected;
};

// A little of everything. Stops for nothing.
void live(TempOutbox& box, Expected& expected) {
  for (int n = 0; n < 12; ++n) {
    const auto payload = std::to_string(n) + noise(300);
    if (box.put("urn:" + std::to_string(n % 4), payload)) expected.acknowledged.push_back(payload);
    box.clock.advance(milliseconds(1000));
    box->maintain();
    if (n % 3 != 2) continue;
    const auto batch = take(box, 2);
    Verdict verdict;
    for (const auto& row : batch.rows) {
      const bool dies = verdict.accepted.size() == 1;
      (dies ? expected.rejected : expected.delivered).push_back(row.payload);
      if (dies) verdict.rejected.push_back({row.id, "BadRequestData", 400, "because"});
      if (!dies) verdict.accepted.push_back(row.id);
    }
    static_cast<void>(box->settle("city", verdict, kNow));
  }
}

// Some of what was delivered may come again if the process dies before it is noted, never what was
// not acknowledged.
void check_survivors(TempOutbox& box, const Expected& expected, bool reopened) {
  const auto there = queued(box);
  Words letters;
  for (const auto& letter : box->dead(1000)) letters.push_back(letter.payload);
  for (const auto& payload : expected.acknowledged) {
    const bool delivered =
        std::count(expected.delivered.begin(), expected.delivered.end(), payload);
    const auto copies = std::count(there.begin(), there.end(), payload);
    CHECK(copies <= 1);
    const auto dead = std::count(letters.begin(), letters.end(), payload);
    // Once; but a failed commit may turn out to be there after a restart, and brings rows again.
    if (!delivered) CHECK(copies + dead >= 1);
    if (!delivered && !reopened) CHECK(copies + dead == 1);
    if (std::count(expected.rejected.begin(), expected.rejected.end(), payload) == 0)
      CHECK(dead == 0);
    else if (!reopened)
      CHECK(dead == 1);
    if (delivered && !reopened) CHECK(copies == 0);
  }
  Words order;
  for (const auto& payload : expected.acknowledged)
    if (std::count(there.begin(), there.end(), payload) == 1) order.push_back(payload);
  Words known;
  for (const auto& payload : there)
    if (std::count(order.begin(), order.end(), payload) == 1) known.push_back(payload);
  CHECK(known == order);
  check_balanced(box);
}

void recover(TempOutbox& box) {
  for (int n = 0; n < 3; ++n) {
    box.clock.advance(milliseconds(1500));
    box->maintain();
  }
}

// Returns false once N is beyond the last operation.
bool fail_nth(int n, const Options& options, const Trouble& trouble, bool reopen) {
  CAPTURE(n);
  CAPTURE(trouble.for_good);
  CAPTURE(reopen);
  FaultVfs disk;
  TempOutbox box(options);
  bool failed = false;
  disk.set(fail_at(n, trouble.code, trouble.for_good, &failed), trouble.share);
  Expected expected;
  live(box, expected);
  if (reopen) box.close();
  disk.heal();
  if (reopen) box.reopen();
  recover(box);
  check_survivors(box, expected, reopen);
  CHECK(box->totals().refusing.empty());
  CHECK(box.put("urn:new", "new"));
  REQUIRE(box->flush());
  CHECK(queued(box).back() == "new");
  check_balanced(box);
  return failed;
}

// An older row of each entity on flash, more than the page cache holds, and a younger one on the
// fresh shelf; the Nth read of a batch fails. All of it leaves all the same, in order.
void fail_nth_read_of_a_batch(int n) {
  CAPTURE(n);
  constexpr int kEntities = 600;
  FaultVfs disk;
  TempOutbox box;
  const auto put_all = [&box](const std::string& word) {
    for (int i = 0; i < kEntities; ++i)
      REQUIRE(box.put("urn:" + std::to_string(i), word + noise(2'200)));
  };
  put_all("old");
  REQUIRE(box->flush());
  box.reopen();
  put_all("young");
  bool failed = false;
  disk.set(fail_at(n, SQLITE_IOERR, false, &failed));
  std::map<std::string, Words> seen;
  for (int batches = 0; batches < 10; ++batches) {
    const auto batch = box->next_batch("city", {2 * kEntities, 8 << 20});
    for (const auto& row : batch.rows) seen[row.entity].push_back(row.payload.substr(0, 3));
    disk.heal();
    REQUIRE(box->settle("city", accepted(batch), kNow));
  }
  CHECK(failed);
  CHECK(seen.size() == kEntities);
  for (const auto& [entity, words] : seen) CHECK(words == Words{"old", "you"});
  check_balanced(box);
}

void fail_everywhere(const Options& options, const Trouble& trouble) {
  int points = 0;
  for (const bool reopen : {false, true}) {
    int n = 0;
    while (fail_nth(n, options, trouble, reopen)) ++n;
    CHECK(n > 20);  // it did fail, and often enough to mean something
    points += n;
  }
  tell_points(points, trouble);
}

void fail_everywhere(const Options& options, int code) {
  for (const bool for_good : {false, true}) fail_everywhere(options, {code, for_good, 0.5});
}

}  // namespace

TEST_CASE("two shelves bear a flash that fails at any moment, reading or writing") {
  fail_everywhere({}, SQLITE_IOERR);
}

TEST_CASE("the durable shelf alone bears it too") {
  fail_everywhere(durable_only(), SQLITE_IOERR_FSYNC);
}

TEST_CASE("two shelves bear a flash that is full at any moment") {
  fail_everywhere({}, SQLITE_FULL);
}

TEST_CASE("both bear a flash that can only be read from any moment on") {
  fail_everywhere({}, {SQLITE_READONLY, true, 0});
  fail_everywhere(durable_only(), {SQLITE_READONLY, true, 0});
}

TEST_CASE("a write that stops after its first or before its last byte is no write") {
  fail_everywhere(durable_only(), {SQLITE_IOERR_WRITE, false, 0.001});
  fail_everywhere(durable_only(), {SQLITE_IOERR_WRITE, false, 0.999});
}

TEST_CASE("what the flash cannot read for a moment is not passed by what is younger") {
  for (const int n : {0, 1, 2, 5, 20, 100, 200}) fail_nth_read_of_a_batch(n);
}

TEST_CASE("with a failing flash readings stay in memory up to a bound, then are refused") {
  FaultVfs disk;
  TempOutbox box;
  disk.set([](FaultVfs::Operation) { return SQLITE_IOERR; });
  Result<void> last;
  int taken = 0;
  while (taken < 200) {
    last = box.put("urn:a", std::string(1 << 20, 'x'));
    if (!last) break;
    ++taken;
    box.clock.advance(milliseconds(2000));
    box->maintain();
  }
  CHECK(taken == 64);
  REQUIRE_FALSE(last);
  CHECK(last.error().fault == Fault::kRefused);
  CHECK(
      last.error().text.find("holds 64.0 MiB in memory: refusing readings until the disk works") !=
      std::string::npos);
  CHECK(box.logged("nothing is lost, but what is new does not survive a power cut"));
  disk.heal();
  recover(box);
  CHECK(box.logged("again"));
  CHECK(box->totals().refusing.empty());
  CHECK(queued(box).size() == 64);
  check_balanced(box);
}

TEST_CASE("without a fresh shelf a failing flash refuses, says so and is tried again") {
  FaultVfs disk;
  TempOutbox box(durable_only());
  REQUIRE(box.put("urn:a", "1"));
  disk.set([](FaultVfs::Operation) { return SQLITE_FULL; });
  CHECK_FALSE(box.put("urn:a", "2"));
  CHECK(box->totals().refusing.find("refusing readings until it can") != std::string::npos);
  recover(box);
  CHECK_FALSE(box->totals().refusing.empty());
  disk.heal();
  recover(box);
  CHECK(box->totals().refusing.empty());
  CHECK(box.put("urn:a", "3"));
  CHECK(queued(box) == Words{"1", "3"});
  check_balanced(box);
}

TEST_CASE(
    "a verdict that cannot be written is written later, and nothing is sent twice meanwhile") {
  FaultVfs disk;
  TempOutbox box(durable_only());
  REQUIRE(box.put("urn:a", "1"));
  REQUIRE(box.put("urn:b", "2"));
  const auto batch = take(box, 1);
  disk.set([](FaultVfs::Operation) { return SQLITE_IOERR; });
  const auto settled = box->settle("city", accepted(batch), kNow);
  REQUIRE_FALSE(settled);
  CHECK(settled.error().fault == Fault::kTransient);
  CHECK(take(box).rows.empty());
  disk.heal();
  recover(box);
  CHECK(payloads(take(box)) == Words{"2"});
  CHECK(box->totals().destinations["city"].delivered == 1);
  check_balanced(box);
}

TEST_CASE("a fresh shelf that cannot grow refuses and loses nothing") {
  TempOutbox box;
  REQUIRE(box.put("urn:a", "1"));
  Result<void> refused, small;
  {
    const FileLimit limit(1 << 20);
    refused = box.put("urn:b", std::string(2 << 20, 'x'));
    small = box.put("urn:c", "3");
  }
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::kRefused);
  CHECK(refused.error().text.find("fresh.journal: File too large") != std::string::npos);
  CHECK(small);
  box.reopen();
  CHECK(queued(box) == Words{"1", "3"});
  check_balanced(box);
}

}  // namespace lamppost::outbox
