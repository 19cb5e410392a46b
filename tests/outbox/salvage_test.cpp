// SPDX-License-Identifier: Apache-2.0
// Each page of a durable shelf in turn is damaged. What does not lie on that page must be there
// afterwards, and what does must be counted.
#include <cstdlib>
#include <functional>
#include <random>
#include <set>

#include "outbox_words.h"
#include "support/noise.h"
#include "wrecks.h"

namespace lamppost::outbox {
namespace {

constexpr std::size_t kPage = 4096;

// Some hundred rows for two brokers, delivered ones between them, letters, an inbox.
void fill(TempOutbox& box) {
  for (unsigned n = 0; n < 400; ++n) {
    const std::string destination = n % 3 == 0 ? "region" : "city";
    const std::string entity = "urn:ngsi-ld:T:" + std::to_string(n % 17);
    // Every twentieth runs over onto pages of its own.
    const auto text = std::to_string(n) + ";" + noise(n % 20 == 0 ? 9'000 : 300, n);
    Deposit deposit;
    deposit.source = "site";
    deposit.rows.push_back(
        {destination, entity, text, box.clock.now(), n % 5 == 0, static_cast<Priority>(n % 3)});
    REQUIRE(box->append(deposit));
    box.clock.advance(milliseconds(1000));
    if (n % 40 == 39) {
      REQUIRE(box->settle("city", accepted(take(box, 9)), kNow));
      REQUIRE(box->settle("region", rejected(take(box, 3, "region")), kNow));
    }
    if (n % 50 == 0) {
      Deposit odd;
      odd.source = "site";
      odd.fate = ReadingFate::kHeld;
      odd.unknown.emplace().topic = "t/" + std::to_string(n);
      odd.unknown->source = "site";
      odd.unknown->payload = noise(700, n);
      REQUIRE(box->append(odd));
    }
  }
}

std::string word_of(const std::string& payload) { return payload.substr(0, payload.find(';')); }

std::map<std::string, QueuedRow> rows_of(TempOutbox& box) {
  std::map<std::string, QueuedRow> rows;
  for (const auto& row : box->list(100'000))
    if (!row.payload.empty() && !rows.emplace(word_of(row.payload), row).second)
      FAIL_CHECK("there twice: " << word_of(row.payload));
  return rows;
}

// Those whose payload is sound, and something beside it is not.
std::set<std::string> buried_in(TempOutbox& box) {
  std::set<std::string> words;
  for (const auto& letter : box->dead(100'000))
    if (letter.reason == "damaged") words.insert(word_of(letter.payload));
  return words;
}

// Everything that can be sent; of each entity in its order, nothing twice. Where a damaged place is
// met on the way, the outbox mends it in its next round.
std::set<std::string> deliver_all(TempOutbox& box) {
  std::set<std::string> sent;
  for (const std::string destination : {"city", "region"}) {
    std::map<std::string, RowId> last;
    for (int empty = 0; empty < 3;) {
      const auto batch = take(box, 50, destination);
      for (const auto& row : batch.rows) {
        if (last[row.entity] >= row.id) FAIL_CHECK("out of order: " << row.id);
        last[row.entity] = row.id;
        if (!sent.insert(word_of(row.payload)).second) FAIL_CHECK("sent twice: " << row.id);
      }
      static_cast<void>(box->settle(destination, accepted(batch), kNow));
      empty = batch.rows.empty() ? empty + 1 : 0;
      box.clock.advance(milliseconds(batch.rows.empty() ? 1500 : 0));
      box->maintain();
    }
  }
  return sent;
}

// What is gone is counted: as dropped, with a gap, or as a dead letter.
void check_counted(TempOutbox& box, std::size_t lost) {
  const auto totals = box->totals();
  std::uint64_t dropped = 0, dead = 0, missing = 0;
  for (const auto& [name, reasons] : totals.dropped_by_reason)
    if (const auto found = reasons.find("damaged"); found != reasons.end())
      dropped += found->second;
  for (const auto& [name, reasons] : totals.dead_by_reason)
    if (const auto found = reasons.find("damaged"); found != reasons.end()) dead += found->second;
  for (const auto& gap : totals.gaps)
    if (gap.reason == "damaged") {
      missing += gap.rows;
      CHECK(gap.first.ms > 0);
      CHECK(gap.first <= gap.last);
    }
  CHECK(dropped + dead == lost);
  CHECK(missing == dropped);
}

struct Before {
  std::string bytes;
  std::map<std::string, QueuedRow> rows;
  Places places;
};

// How many rows were lost. Those that lie on the damaged page may be.
std::size_t check_after(TempOutbox& box, const Before& before, std::size_t page) {
  check_balanced(box);
  const auto after = rows_of(box);
  Words lost, wrong;
  for (const auto& [word, row] : before.rows) {
    const bool touched = before.places.of_row.at(row.id).count(page) != 0;
    const auto there = after.find(word);
    if (there == after.end()) {
      lost.push_back(word);
      if (!touched) wrong.push_back(word + " is lost");
    } else if (!touched &&
               (there->second.payload != row.payload || there->second.entity != row.entity ||
                there->second.destination != row.destination)) {
      wrong.push_back(word + " is another");
    }
  }
  for (const auto& [word, row] : after)
    if (before.rows.count(word) == 0) wrong.push_back(word + " comes from nowhere");
  const auto sent = deliver_all(box);
  const auto buried = buried_in(box);
  for (const auto& [word, row] : after) {
    if (sent.count(word) != 0) continue;
    if (buried.count(word) != 0 &&
        before.places.of_row.at(before.rows.at(word).id).count(page) != 0)
      lost.push_back(word);
    else
      wrong.push_back(word + " is not delivered");
  }
  CHECK(wrong == Words{});
  check_balanced(box);
  check_counted(box, lost.size());
  CHECK(box.put("urn:new", "new;"));
  return lost.size();
}

enum class Expect { kEveryTreePage, kSome, kAnything };
using Damage = std::function<void(std::string& page, const std::string& file, std::size_t number)>;

// Numbers of pages are from 0 on here, from 1 on where SQLite says them.
void damage_each_page(const std::string& what, const Damage& damage, Expect expect) {
  Options options = durable_only();
  options.destinations = {"city", "region"};
  TempOutbox box(options);
  fill(box);
  Before before{"", rows_of(box), {}};
  REQUIRE(before.rows.size() > 200);
  box.close();
  before.bytes = read_bytes(box.options.path);
  before.places = places_in(box.options.path);
  std::size_t pages = 0, rebuilt = 0, most = 0, all = 0;
  for (std::size_t number = 0; number < before.bytes.size() / kPage; ++number) {
    auto page = before.bytes.substr(number * kPage, kPage);
    damage(page, before.bytes, number);
    auto bytes = before.bytes;
    bytes.replace(number * kPage, kPage, page);
    if (bytes == before.bytes) continue;
    CAPTURE(what);
    CAPTURE(number);
    clear_directory(box.options.path.parent_path());
    write_bytes(box.options.path, bytes);
    box.reopen();
    const auto lost = check_after(box, before, number + 1);
    const bool aside = count_of_files(box.options.path.parent_path(), ".corrupt-") > 0;
    if (expect == Expect::kEveryTreePage && before.places.used.count(number + 1) != 0) CHECK(aside);
    CHECK(count_of_files(box.options.path.parent_path(), ".rescue") == 0);
    box.close();
    ++pages;
    rebuilt += aside ? 1 : 0;
    most = std::max(most, lost);
    all += lost;
  }
  MESSAGE(what << ": " << pages << " pages one at a time, " << rebuilt << " rebuilt; of "
               << before.rows.size() << " rows lost: at most " << most << ", " << all << " in all");
  if (expect != Expect::kAnything) CHECK(rebuilt > pages / 2);
}

unsigned seed() {
  const char* given = std::getenv("LAMPPOST_SEED");
  return given == nullptr ? 1 : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
}

}  // namespace

TEST_CASE("a page of zeros costs the rows that lay on it and nothing else") {
  damage_each_page(
      "zeros", [](std::string& page, const auto&, auto) { page.assign(kPage, '\0'); },
      Expect::kEveryTreePage);
}

TEST_CASE("a page that holds another page's bytes costs the rows that lay on it and nothing else") {
  for (const std::size_t step : {1, 40})
    damage_each_page(
        "the bytes of the page " + std::to_string(step) + " further on",
        [step](std::string& page, const std::string& file, std::size_t number) {
          page = file.substr((number + step) * kPage % file.size(), kPage);
        },
        Expect::kSome);
}

TEST_CASE("a flipped bit in the head of a page costs at most the rows of that page") {
  for (const auto& [at, bit] : {std::pair<std::size_t, int>{0, 3}, {3, 3}, {11, 7}})
    damage_each_page(
        "bit " + std::to_string(bit) + " of byte " + std::to_string(at),
        [at = at, bit = bit](std::string& page, const auto&, auto) {
          page[at] ^= static_cast<char>(1 << bit);
        },
        Expect::kSome);
}

TEST_CASE("a flipped bit anywhere costs at most the rows of its page") {
  std::mt19937 random(seed());
  for (int n = 0; n < 2; ++n)
    damage_each_page(
        "any bit, LAMPPOST_SEED=" + std::to_string(seed()),
        [&random](std::string& page, const auto&, std::size_t number) {
          // The first 100 bytes are the header of the file.
          const std::size_t from = number == 0 ? 100 : 0;
          page[from + random() % (kPage - from)] ^= static_cast<char>(1 << random() % 8);
        },
        Expect::kAnything);
}

}  // namespace lamppost::outbox
