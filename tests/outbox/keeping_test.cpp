// SPDX-License-Identifier: Apache-2.0
// Bounds: bytes, age, free disk, the power loss window, and what they cost on flash.
#include <fstream>

#include "outbox/store.h"
#include "outbox_words.h"

namespace lamppost::outbox {
namespace {

constexpr auto kHour = std::chrono::hours(1);

// A row that shows as its letter.
Result<void> put_filler(TempOutbox& box, char letter) {
  const auto entity = std::string("urn:") + letter;
  return box.put(entity, filler(letter, entity));
}

Options small(bool drop_oldest, milliseconds window) {
  Options options;
  options.max_bytes = kTenRows;
  options.drop_oldest = drop_oldest;
  options.power_loss_window = window;
  return options;
}

std::string letters_queued(TempOutbox& box) {
  std::string letters;
  for (const auto& payload : queued(box)) letters += payload.at(0);
  return letters;
}

void deliver(TempOutbox& box, std::size_t rows) {
  REQUIRE(box->settle("city", accepted(take(box, rows)), kNow));
}

}  // namespace

TEST_CASE("a full outbox refuses until there is room for more than one row") {
  for (const auto window : {kNow, milliseconds(1000)}) {
    TempOutbox box(small(false, window));
    for (char letter = 'a'; letter <= 'j'; ++letter) REQUIRE(put_filler(box, letter));
    const auto refused = put_filler(box, 'k');
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fault == Fault::kRefused);
    CHECK(refused.error().text ==
          (window == kNow
               ? "outbox full (10 rows, 9.9 KiB): refusing readings until it is below 9.6 KiB"
               : "outbox full (10 rows, 9.8 KiB): refusing readings until it is below 9.6 KiB"));
    CHECK(box->totals().refusing == refused.error().text);
    CHECK(box.logged("outbox full (10 rows"));
    CHECK(letters_queued(box) == "abcdefghij");

    deliver(box, 1);  // at 90 % it opens
    CHECK(box->totals().refusing.empty());
    CHECK(box.logged("accepts readings again"));
    REQUIRE(put_filler(box, 'l'));
    CHECK_FALSE(put_filler(box, 'm'));
    check_balanced(box);
  }
}

TEST_CASE("while a full outbox refuses, even what would fit waits for the hysteresis") {
  TempOutbox box(small(false, milliseconds(1000)));
  for (char letter = 'a'; letter <= 'i'; ++letter) REQUIRE(put_filler(box, letter));
  REQUIRE(box.put("urn:x", std::string(750, 'x')));
  CHECK_FALSE(put_filler(box, 'k'));
  CHECK_FALSE(box.put("urn:y", "1"));
}

TEST_CASE("readings that add no row pass a full outbox") {
  TempOutbox box(small(false, milliseconds(1000)));
  for (char letter = 'a'; letter <= 'j'; ++letter) REQUIRE(put_filler(box, letter));
  REQUIRE_FALSE(put_filler(box, 'k'));
  Deposit held;
  held.source = "site";
  held.fate = ReadingFate::kHeld;
  held.unknown = Unknown{0, "site", "some/topic", "", "payload", "no mapping", 1, {}, {}};
  CHECK(box->append(held));
}

TEST_CASE(
    "drop_oldest makes room from the oldest rows that are not being sent, and counts them (F49)") {
  for (const bool moved : {false, true}) {
    TempOutbox box(small(true, milliseconds(1000)));
    for (char letter = 'a'; letter <= 'e'; ++letter) REQUIRE(put_filler(box, letter));
    if (moved) REQUIRE(box->flush());
    for (char letter = 'f'; letter <= 'j'; ++letter) REQUIRE(put_filler(box, letter));
    const auto sent = take(box, 1);
    for (char letter = 'k'; letter <= 'q'; ++letter) REQUIRE(put_filler(box, letter));
    const auto left = letters_queued(box);
    CHECK(left.front() == 'a');  // being sent
    CHECK(std::string("bcdefghijklmnopq").ends_with(left.substr(1)));
    const auto totals = box->totals();
    CHECK(totals.bytes <= kTenRows);
    CHECK(totals.dropped_by_reason.at("city").at("full") == 17 - left.size());
    CHECK(totals.refusing.empty());
    check_balanced(box);
    REQUIRE(box->settle("city", accepted(sent), kNow));
    check_balanced(box);
  }
}

TEST_CASE("rows past max_age are dropped and counted, younger ones stay") {
  for (const auto window : {kNow, milliseconds(1000)}) {
    Options options;
    options.max_age = 2 * kHour;
    options.power_loss_window = window;
    TempOutbox box(options);
    REQUIRE(box.put("urn:a", "1"));
    box.clock.advance(kHour);
    REQUIRE(box.put("urn:b", "2"));
    box->maintain();
    box.clock.advance(kHour);
    box->maintain();
    CHECK(queued(box) == Words{"1", "2"});
    box.clock.advance(milliseconds(2000));
    box->maintain();
    CHECK(queued(box) == Words{"2"});
    CHECK(box->totals().dropped_by_reason["city"]["expired"] == 1);
    CHECK(box.logged("1 rows were not delivered within max_age: dropped"));
    check_balanced(box);
  }
}

TEST_CASE("setting the clock expires nothing, at run time or over a restart") {
  Options options;
  options.max_age = 2 * kHour;
  TempOutbox box(options);
  REQUIRE(box.put("urn:a", "1"));
  REQUIRE(box->flush());
  for (const auto step : {kHour * 10'000, kHour * -30'000}) {
    box.clock.step_wall(step);
    box.clock.advance(milliseconds(2000));
    box->maintain();
    box.reopen();
    box.clock.advance(milliseconds(2000));
    box->maintain();
    CHECK(queued(box) == Words{"1"});
  }
  box.clock.advance(2 * kHour);  // but real time does
  box->maintain();
  CHECK(queued(box).empty());
}

TEST_CASE("time while switched off counts") {
  Options options;
  options.max_age = 2 * kHour;
  TempOutbox box(options);
  REQUIRE(box.put("urn:a", "1"));
  box.clock.advance(kHour + milliseconds(2000));
  REQUIRE(box->flush());
  box.close();
  box.clock.advance(kHour);
  box.reopen();
  box->maintain();
  CHECK(queued(box).empty());
}

TEST_CASE("little free disk refuses readings until there is a quarter more than the minimum") {
  TempDirectory directory;
  ManualClock clock;
  Log log([](LogLevel, std::string_view) {});
  std::uint64_t free = 1000;
  Options options;
  options.path = directory.path() / "outbox.db";
  options.runtime_dir = directory.path();
  options.destinations = {"city"};
  options.min_free_disk = 400;
  Store store(options, clock, log, [&free](const auto&) { return free; });
  Deposit deposit;
  deposit.source = "site";
  deposit.rows.push_back({"city", "urn:a", "{}", {}, false});
  const auto after = [&](std::uint64_t bytes) {
    free = bytes;
    clock.advance(milliseconds(1000));
    store.maintain();
    return store.append(deposit).ok();
  };
  CHECK(after(400));
  CHECK_FALSE(after(399));
  CHECK(store.totals().refusing.find("only 399 B free") != std::string::npos);
  CHECK_FALSE(after(499));
  CHECK(after(500));
}

TEST_CASE("rows move to flash when they reach the power loss window, and not before") {
  TempOutbox box;
  box->maintain();
  const auto durable_rows = [&box] {
    const auto shelf = DurableShelf::open_readonly(box.options.path);
    return shelf->tally().all_rows();
  };
  const auto written = box->totals().flash_bytes_written;
  REQUIRE(box.put("urn:a", "1"));
  box.clock.advance(milliseconds(600));
  REQUIRE(box.put("urn:b", "2"));
  box.clock.advance(milliseconds(399));
  box->maintain();
  CHECK(durable_rows() == 0);
  CHECK(box->totals().flash_bytes_written == written);
  box.clock.advance(milliseconds(1));
  box->maintain();
  CHECK(durable_rows() == 1);
  CHECK(box->totals().flash_bytes_written > written);
  check_balanced(box);
  CHECK(queued(box) == Words{"1", "2"});
}

TEST_CASE("rows that a kill left on the fresh shelf reach flash at once, whatever the clock says") {
  TempOutbox box;
  REQUIRE(box.put("urn:a", "1"));
  box.clock.advance(milliseconds(900));
  box.clock.step_wall(std::chrono::hours(-100));
  box.reopen();
  box->maintain();
  CHECK(DurableShelf::open_readonly(box.options.path)->tally().all_rows() == 1);
  check_balanced(box);
}

TEST_CASE("a healthy broker costs no flash writes") {
  TempOutbox box;
  box->maintain();
  const auto written = box->totals().flash_bytes_written;
  for (int n = 0; n < 500; ++n) {
    REQUIRE(box.put("urn:a", std::to_string(n)));
    box.clock.advance(milliseconds(100));
    deliver(box, 10);
    box->maintain();
  }
  CHECK(box->totals().flash_bytes_written == written);
  CHECK(box->totals().destinations["city"].delivered == 500);
}

TEST_CASE("a power cut takes the window's rows and leaves a ledger that balances") {
  TempOutbox box;
  for (int n = 0; n < 10; ++n) {
    REQUIRE(box.put("urn:" + std::to_string(n), std::to_string(n)));
    if (n == 4) box.clock.advance(milliseconds(1000));
    if (n == 4) box->maintain();
  }
  const auto last = box->list(100).back().id;
  box.close();
  std::filesystem::remove(box.options.runtime_dir / "fresh.journal");
  box.reopen();
  CHECK(queued(box) == Words{"0", "1", "2", "3", "4"});
  CHECK(box->totals().destinations["city"].stored == 5);
  check_balanced(box);
  REQUIRE(box.put("urn:x", "x"));
  CHECK(box->list(100).back().id > last);  // no id comes twice, even so
}

TEST_CASE("a window set to 0 takes along what lies on the fresh shelf") {
  TempOutbox box;
  REQUIRE(box.put("urn:a", "1"));
  box.options.power_loss_window = kNow;
  box.reopen();
  CHECK_FALSE(std::filesystem::exists(box.options.runtime_dir / "fresh.journal"));
  REQUIRE(box.put("urn:b", "2"));
  CHECK(queued(box) == Words{"1", "2"});
  check_balanced(box);
}

}  // namespace lamppost::outbox
