// SPDX-License-Identifier: Apache-2.0
// What a full outbox gives up, and the record that it leaves of it.
#include "outbox/inspect.h"
#include "outbox_words.h"

namespace lamppost::outbox {
namespace {

constexpr auto kLow = Priority::kLow;
constexpr auto kNormal = Priority::kNormal;
constexpr auto kHigh = Priority::kHigh;

Options ten_rows(milliseconds window) {
  Options options;
  options.max_bytes = kTenRows;
  options.drop_oldest = true;
  options.power_loss_window = window;
  return options;
}

// A row that shows as its letter.
Result<void> put(TempOutbox& box, char letter, Priority priority) {
  const std::string entity = std::string("urn:ngsi-ld:T") + letter + ":1";
  Deposit deposit;
  deposit.source = "site";
  deposit.rows.push_back(
      {"city", entity, filler(letter, entity), box.clock.now(), false, priority});
  return box->append(deposit);
}

void put_all(TempOutbox& box, const std::string& letters, Priority priority) {
  for (const char letter : letters) {
    REQUIRE(put(box, letter, priority));
    box.clock.advance(milliseconds(10));
  }
}

std::string letters_queued(TempOutbox& box) {
  std::string letters;
  for (const auto& payload : queued(box)) letters += payload.at(0);
  return letters;
}

// On the durable shelf alone, on the fresh one alone, and with what is older on flash already.
template <typename Test>
void on_every_shelf(Test test) {
  for (const auto window : {kNow, milliseconds(1000)})
    for (const bool moved : {false, true}) {
      if (window == kNow && moved) continue;
      CAPTURE(window.count());
      CAPTURE(moved);
      TempOutbox box(ten_rows(window));
      test(box, moved);
      check_balanced(box);
    }
}

}  // namespace

TEST_CASE("a full outbox drops the lowest priority first, and of that the oldest") {
  on_every_shelf([](TempOutbox& box, bool moved) {
    put_all(box, "ab", kHigh);
    put_all(box, "cd", kNormal);
    put_all(box, "ef", kLow);
    if (moved) REQUIRE(box->flush());
    put_all(box, "gh", kLow);
    put_all(box, "ij", kNormal);
    put_all(box, "klm", kHigh);
    CHECK(letters_queued(box) == "abcdhijklm");
    put_all(box, "nop", kNormal);
    CHECK(letters_queued(box) == "abijklmnop");
    put_all(box, "qrstuvwx", kHigh);
    CHECK(letters_queued(box) == "lmqrstuvwx");  // nothing else is left
    CHECK(box->totals().dropped_by_reason["city"]["full"] == 14);
  });
}

TEST_CASE("what arrives while everything queued outranks it is taken, counted and dropped") {
  on_every_shelf([](TempOutbox& box, bool moved) {
    put_all(box, "abcdefghij", kNormal);
    if (moved) REQUIRE(box->flush());
    put_all(box, "xyz", kLow);
    CHECK(letters_queued(box) == "abcdefghij");
    CHECK(box->totals().destinations["city"].stored == 13);
    CHECK(box->totals().destinations["city"].dropped == 3);
    CHECK(box->totals().sources["site"].stored == 13);
    CHECK(box->totals().refusing.empty());
    box.reopen();
    CHECK(box->totals().destinations["city"].dropped == 3);
    CHECK(box->totals().gaps.at(0).types == "Tx, Ty, Tz");
  });
}

TEST_CASE("what was dropped leaves one gap a bout: how many rows, of what time, of what types") {
  on_every_shelf([](TempOutbox& box, bool moved) {
    const auto start = box.clock.now();
    put_all(box, "abcdefghij", kNormal);
    if (moved) REQUIRE(box->flush());
    put_all(box, "klm", kNormal);
    for (const bool reopened : {false, true}) {
      if (reopened) box.reopen();
      const auto gaps = box->totals().gaps;
      REQUIRE(gaps.size() == 1);
      CHECK(gaps[0].destination == "city");
      CHECK(gaps[0].reason == "full");
      CHECK(gaps[0].rows == 3);
      CHECK(gaps[0].first == start);
      CHECK(gaps[0].last.ms == start.ms + 20);
      CHECK(gaps[0].began.ms == start.ms + 100);
      CHECK(gaps[0].ended.ms == start.ms + 120);
      CHECK(gaps[0].types == "Ta, Tb, Tc");
    }
    const auto seen = inspect(box.options);
    REQUIRE(seen);
    CHECK((*seen)->totals().gaps.at(0).rows == 3);
  });
}

TEST_CASE("a bout of dropping is logged when it begins and when it has ended, once each") {
  TempOutbox box(ten_rows(milliseconds(1000)));
  const auto lines_with = [&box](std::string_view words) {
    const auto lines = box.lines();
    return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.find(words) != std::string::npos;
    });
  };
  for (int n = 0; n < 50; ++n) put_all(box, "a", kNormal);
  CHECK(lines_with("the oldest rows of the lowest priority for broker city are dropped") == 1);
  CHECK(lines_with("outbox: dropped for broker city") == 0);
  box.clock.advance(std::chrono::minutes(10));
  box->maintain();
  box->maintain();
  CHECK(lines_with("outbox: dropped for broker city: 40 rows, observed 2026-03-01T12:00:00.000Z "
                   "to 2026-03-01T12:00:00.390Z: Ta") == 1);
  for (int n = 0; n < 5; ++n) put_all(box, "b", kNormal);
  CHECK(lines_with("are dropped") == 2);
  CHECK(box->totals().gaps.size() == 2);
}

TEST_CASE("rows past max_age leave a gap too") {
  auto options = ten_rows(kNow);
  options.max_age = std::chrono::hours(1);
  TempOutbox box(options);
  put_all(box, "ab", kHigh);
  box.clock.advance(std::chrono::hours(2));
  box->maintain();
  const auto gaps = box->totals().gaps;
  REQUIRE(gaps.size() == 1);
  CHECK(gaps[0].reason == "expired");
  CHECK(gaps[0].rows == 2);
}

TEST_CASE("gaps are bounded: the newest stay, and the counters know all") {
  TempOutbox box(ten_rows(milliseconds(1000)));
  for (std::size_t bout = 0; bout < kMaxGaps + 20; ++bout) {
    put_all(box, "abcdefghijk", kNormal);
    box.clock.advance(std::chrono::minutes(11));
    box->maintain();
  }
  for (const bool reopened : {false, true}) {
    if (reopened) box.reopen();
    CHECK(box->totals().gaps.size() == kMaxGaps);
    CHECK(box->totals().gaps.front().id == static_cast<std::int64_t>(kMaxGaps + 20));
    check_balanced(box);
  }
}

TEST_CASE("rows that outrank are passed in steps, until what may go is found") {
  Options options;
  options.power_loss_window = kNow;
  options.drop_oldest = true;
  options.max_bytes = 22'000 * 115;
  TempOutbox box(options);
  const auto put_small = [&box](std::size_t rows, Priority priority) {
    Deposit deposit;
    deposit.source = "site";
    for (; rows > 0; --rows)
      deposit.rows.push_back({"city", "urn:a", pure_noise(31), box.clock.now(), false, priority});
    return box->append(deposit);
  };
  REQUIRE(put_small(21'500, kHigh));
  REQUIRE(put_small(500, kNormal));
  CHECK_FALSE(put_small(1, kNormal));  // two steps pass those in front
  CHECK_FALSE(put_small(1, kNormal));
  REQUIRE(put_small(1, kNormal));
  CHECK(box->totals().refusing.empty());
  CHECK(box->totals().destinations["city"].dropped > 0);
  CHECK(box->totals().rows > 21'500);
  check_balanced(box->totals());
}

}  // namespace lamppost::outbox
