// SPDX-License-Identifier: Apache-2.0
// Dead letters and the inbox of unknown readings.
#include "outbox/durable_shelf.h"
#include "outbox_words.h"

namespace lamppost::outbox {
namespace {

DeadLetter garbage(int n) {
  DeadLetter letter;
  letter.reason = "malformed";
  letter.text = "not JSON";
  letter.source = "site";
  letter.topic = "a/b";
  letter.reading = std::string("\x00\xff", 2) + std::to_string(n);
  letter.arrived = Timestamp{n};
  return letter;
}

Deposit dead_reading(int n) {
  Deposit deposit;
  deposit.source = "site";
  deposit.fate = ReadingFate::kDead;
  deposit.reason = "malformed";
  deposit.dead.push_back(garbage(n));
  return deposit;
}

Deposit held_reading(const std::string& topic, const std::string& payload, Timestamp at) {
  Deposit deposit;
  deposit.source = "site";
  deposit.fate = ReadingFate::kHeld;
  deposit.unknown = Unknown{0, "site", topic, "", payload, "no mapping", 1, at, at};
  return deposit;
}

// One rejected row, on either shelf.
DeadLetter reject_one(TempOutbox& box, const std::string& entity, bool moved) {
  REQUIRE(box.put(entity, "{}"));
  if (moved) REQUIRE(box->flush());
  REQUIRE(box->settle("city", rejected(take(box)), kNow));
  return box->dead(1).at(0);
}

}  // namespace

TEST_CASE("a dead reading is found with every byte of it, before and after a restart") {
  for (const auto window : {kNow, milliseconds(1000)}) {
    Options options;
    options.power_loss_window = window;
    TempOutbox box(options);
    REQUIRE(box->append(dead_reading(7)));
    for (int look = 0; look < 3; ++look) {
      const auto letters = box->dead(10);
      REQUIRE(letters.size() == 1);
      CHECK(letters[0].reading == garbage(7).reading);
      CHECK(letters[0].died == Timestamp{1'772'366'400'000});
      CHECK(box->find_dead(letters[0].id)->topic == "a/b");
      const auto source = box->totals().sources["site"];
      CHECK(source.dead == 1);
      CHECK(source.dead_by_reason.at("malformed") == 1);
      check_balanced(box);
      if (look == 0) box.reopen();
      if (look == 1) REQUIRE(box->flush());
    }
  }
}

TEST_CASE("a rejected entity goes back to the end of its queue, and the ledger follows") {
  for (const bool moved : {false, true}) {
    TempOutbox box;
    const auto letter = reject_one(box, "urn:a", moved);
    REQUIRE(box.put("urn:b", "2"));
    REQUIRE(box->requeue_dead(letter.id));
    CHECK(queued(box) == Words{"2", "{}"});
    CHECK(box->dead(10).empty());
    CHECK(box->totals().destinations["city"].dead == 0);
    check_balanced(box);
    CHECK_FALSE(box->requeue_dead(letter.id));
    REQUIRE(box->settle("city", accepted(take(box)), kNow));
    check_balanced(box);
  }
}

TEST_CASE("a reading that never was an entity cannot be put back into a queue") {
  TempOutbox box;
  REQUIRE(box->append(dead_reading(1)));
  const auto refused = box->requeue_dead(box->dead(1).at(0).id);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::kMalformed);
}

TEST_CASE("a forgotten dead letter stays counted") {
  for (const bool moved : {false, true}) {
    TempOutbox box;
    const auto letter = reject_one(box, "urn:a", moved);
    REQUIRE(box->forget_dead(letter.id));
    CHECK_FALSE(box->forget_dead(letter.id));
    CHECK(box->totals().dead_letters == 0);
    CHECK(box->totals().destinations["city"].dead == 1);
    check_balanced(box);
  }
}

TEST_CASE("a row that dies reaches flash when the row would have") {
  TempOutbox box;
  box->maintain();
  const auto on_flash = [&box] {
    return DurableShelf::open_readonly(box.options.path)->letters_count();
  };
  REQUIRE(box.put("urn:a", "1"));
  box.clock.advance(milliseconds(900));
  REQUIRE(box->settle("city", rejected(take(box)), kNow));
  box.clock.advance(milliseconds(99));
  box->maintain();
  CHECK(on_flash() == 0);
  box.clock.advance(milliseconds(1));
  box->maintain();
  CHECK(on_flash() == 1);
}

TEST_CASE("dead letters that a crash left in the journal go to flash at once") {
  TempOutbox box;
  reject_one(box, "urn:a", false);
  box.clock.advance(milliseconds(900));
  box.reopen();
  box->maintain();
  CHECK(DurableShelf::open_readonly(box.options.path)->letters_count() == 1);
}

TEST_CASE("purge takes the letters of both shelves") {
  TempOutbox box;
  reject_one(box, "urn:a", true);
  reject_one(box, "urn:b", false);
  REQUIRE(box->append(dead_reading(1)));
  const auto purged = box->purge_dead();
  REQUIRE(purged);
  CHECK(*purged == 3);
  CHECK(box->dead(10).empty());
  CHECK(box->totals().dead_letters == 0);
  check_balanced(box);
}

TEST_CASE("a flood of garbage wears no flash beyond its allowance, and rejections are kept") {
  TempOutbox box;
  reject_one(box, "urn:a", false);
  for (int second = 0; second < 60; ++second) {
    for (int n = 0; n < 100; ++n) REQUIRE(box->append(dead_reading(second * 100 + n)));
    box.clock.advance(milliseconds(1000));
    box->maintain();
  }
  const auto totals = box->totals();
  CHECK(totals.sources.at("site").dead == 6000);
  CHECK(totals.dead_letters <= 2100);  // at once, in an hour's minute, and on the fresh shelf
  CHECK(totals.dead_letters + totals.dead_letters_purged == 6001);
  CHECK(totals.flash_bytes_written < 4'000'000);
  CHECK(box->dead(1).at(0).reading == garbage(5999).reading);
  const auto letters = box->dead(10'000);
  CHECK(letters.back().entity == "urn:a");
  check_balanced(box);
}

TEST_CASE("dead letters are bounded: the oldest go, counted") {
  TempOutbox box;
  const int many = static_cast<int>(kMaxDeadLetters) + 50;
  for (int n = 0; n < many; n += 50) {
    Deposit deposit = dead_reading(n);
    for (int more = 1; more < 50; ++more) deposit.dead.push_back(garbage(n + more));
    REQUIRE(box->append(deposit));
    if (n % 500 == 0) REQUIRE(box->flush());
  }
  REQUIRE(box->flush());
  const auto totals = box->totals();
  CHECK(totals.dead_letters == kMaxDeadLetters);
  CHECK(totals.dead_letters_purged == 50);
  CHECK(box->dead(kMaxDeadLetters).back().reading == garbage(50).reading);
}

TEST_CASE("the inbox keeps the newest reading of a topic and how many there were") {
  for (const auto window : {kNow, milliseconds(1000)}) {
    Options options;
    options.power_loss_window = window;
    TempOutbox box(options);
    REQUIRE(box->append(held_reading("a", "old", Timestamp{1000})));
    REQUIRE(box->append(held_reading("b", "other", Timestamp{1500})));
    REQUIRE(box->append(held_reading("a", "new", Timestamp{2000})));
    const auto id = box->unknowns(1).at(0).id;
    for (int look = 0; look < 4; ++look) {
      const auto unknowns = box->unknowns(10);
      REQUIRE(unknowns.size() == 2);
      CHECK(unknowns[0].id == id);
      CHECK(unknowns[0].payload == "new");
      CHECK(unknowns[0].count == 2);
      CHECK(unknowns[0].first == Timestamp{1000});
      CHECK(unknowns[0].last == Timestamp{2000});
      if (look == 1) REQUIRE(box->flush());
      if (look != 1) box.reopen();
    }
    CHECK(box->totals().sources["site"].held == 3);
    check_balanced(box);
  }
}

TEST_CASE("the inbox is bounded: the topic that was silent longest goes") {
  TempOutbox box;
  const auto topics = static_cast<int>(kMaxUnknown) + 20;
  for (int n = 0; n < topics; ++n)
    REQUIRE(box->append(held_reading("topic/" + std::to_string(n), "x", Timestamp{1000 + n})));
  CHECK(box->totals().unknowns == kMaxUnknown);
  REQUIRE(box->flush());
  box.reopen();
  const auto unknowns = box->unknowns(1000);
  CHECK(unknowns.size() == kMaxUnknown);
  CHECK(unknowns.front().topic == "topic/" + std::to_string(topics - 1));
  CHECK(unknowns.back().topic == "topic/20");
}

TEST_CASE("reasons from outside are bounded words") {
  TempOutbox box;
  for (int n = 0; n < 200; ++n) {
    REQUIRE(box.put("urn:a", "{}"));
    REQUIRE(box->settle("city", rejected(take(box), "reason " + std::to_string(n)), kNow));
  }
  const auto reasons = box->totals().dead_by_reason["city"];
  CHECK(reasons.size() == 51);
  CHECK(reasons.at("other") == 150);
}

}  // namespace lamppost::outbox
