// SPDX-License-Identifier: Apache-2.0
#include "outbox_words.h"

namespace lamppost::outbox {
namespace {

// Both shelves, and rows spread over the two, must behave alike.
template <typename Test>
void on_each_shelf(Test test) {
  SUBCASE("fresh") {
    TempOutbox box;
    test(box, [] {});
  }
  SUBCASE("durable") {
    TempOutbox box(durable_only());
    test(box, [] {});
  }
  SUBCASE("moved to durable") {
    TempOutbox box;
    test(box, [&box] { REQUIRE(box->flush()); });
  }
  SUBCASE("after a crash") {
    TempOutbox box;
    test(box, [&box] { box.reopen(); });
  }
}

}  // namespace

TEST_CASE("rows of different entities come in one batch, sorted by entity") {
  on_each_shelf([](TempOutbox& box, auto between) {
    REQUIRE(box.put("urn:c", "1"));
    REQUIRE(box.put("urn:a", "2"));
    REQUIRE(box.put("urn:b", "3"));
    between();
    const auto batch = take(box);
    CHECK(payloads(batch) == Words{"2", "3", "1"});
    CHECK(batch.bytes == std::string("[2,3,1]").size());
    check_balanced(box);
  });
}

TEST_CASE("an entity's rows are delivered one at a time, oldest first") {
  on_each_shelf([](TempOutbox& box, auto between) {
    for (const auto* payload : {"1", "2", "3"}) REQUIRE(box.put("urn:a", payload));
    between();
    for (const auto* payload : {"1", "2", "3"}) {
      const auto batch = take(box);
      CHECK(payloads(batch) == Words{payload});
      CHECK(take(box).rows.empty());
      REQUIRE(box->settle("city", accepted(batch), kNow));
    }
    CHECK(take(box).rows.empty());
    CHECK(box->totals().destinations["city"].delivered == 3);
    check_balanced(box);
  });
}

TEST_CASE("a row is handed out once until its verdict is in") {
  on_each_shelf([](TempOutbox& box, auto between) {
    REQUIRE(box.put("urn:a", "1"));
    REQUIRE(box.put("urn:b", "2"));
    between();
    const auto first = take(box, 1);
    const auto second = take(box, 1);
    CHECK(payloads(first) == Words{"1"});
    CHECK(payloads(second) == Words{"2"});
    CHECK(take(box).rows.empty());
    REQUIRE(box->settle("city", kept(second), kNow));
    CHECK(payloads(take(box)) == Words{"2"});
  });
}

TEST_CASE("a kept row counts an attempt, stays in place and holds back only its entity") {
  on_each_shelf([](TempOutbox& box, auto between) {
    REQUIRE(box.put("urn:a", "1"));
    REQUIRE(box.put("urn:a", "2"));
    REQUIRE(box.put("urn:b", "3"));
    between();
    const auto batch = take(box);
    CHECK(payloads(batch) == Words{"1", "3"});
    REQUIRE(box->settle("city", {{batch.rows[1].id}, {}, {batch.rows[0].id}}, milliseconds(2000)));
    REQUIRE(box.put("urn:b", "4"));
    CHECK(payloads(take(box)) == Words{"4"});
    box.clock.step_wall(std::chrono::hours(24));  // setting the clock makes nothing due
    CHECK(take(box).rows.empty());
    box.clock.advance(milliseconds(1999));
    CHECK(take(box).rows.empty());
    box.clock.advance(milliseconds(1));
    const auto again = take(box);
    CHECK(payloads(again) == Words{"1"});
    CHECK(again.rows[0].attempts == 1);
    check_balanced(box);
  });
}

TEST_CASE("a row that the verdict does not mention is kept") {
  on_each_shelf([](TempOutbox& box, auto between) {
    REQUIRE(box.put("urn:a", "1"));
    REQUIRE(box.put("urn:b", "2"));
    between();
    const auto batch = take(box);
    REQUIRE(box->settle("city", {{batch.rows[0].id}, {}, {}}, kNow));
    CHECK(payloads(take(box)) == Words{"2"});
  });
}

TEST_CASE("ids that are not in flight change nothing") {
  on_each_shelf([](TempOutbox& box, auto between) {
    REQUIRE(box.put("urn:a", "1"));
    between();
    const auto id = box->list(1).at(0).id;
    REQUIRE(box->settle("city", {{id, id + 1, -5}, {{id, "x", 400, ""}}, {id}}, kNow));
    CHECK(queued(box) == Words{"1"});
    const auto batch = take(box);
    REQUIRE(box->settle("city", {{id, id}, {{id, "x", 400, ""}}, {id}}, kNow));
    CHECK(queued(box).empty());
    CHECK(box->totals().dead_letters == 0);
    check_balanced(box);
  });
}

TEST_CASE("rejected rows become dead letters with the broker's words") {
  on_each_shelf([](TempOutbox& box, auto between) {
    REQUIRE(box.put("urn:a", "{\"id\":\"urn:a\"}"));
    between();
    const auto batch = take(box);
    REQUIRE(box->settle("city", rejected(batch), kNow));
    CHECK(queued(box).empty());
    const auto letters = box->dead(10);
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].destination == "city");
    CHECK(letters[0].entity == "urn:a");
    CHECK(letters[0].payload == "{\"id\":\"urn:a\"}");
    CHECK(letters[0].reason == "BadRequestData");
    CHECK(letters[0].text == "because");
    CHECK(letters[0].status == 400);
    CHECK(box->totals().dead_by_reason["city"]["BadRequestData"] == 1);
    check_balanced(box);
    box.reopen();
    CHECK(box->dead(10).size() == 1);
    check_balanced(box);
  });
}

TEST_CASE("a batch keeps within its bytes, and a row larger than that travels alone") {
  on_each_shelf([](TempOutbox& box, auto between) {
    REQUIRE(box.put("urn:a", std::string(40, '1')));
    REQUIRE(box.put("urn:b", std::string(40, '2')));
    REQUIRE(box.put("urn:c", std::string(500, '3')));
    REQUIRE(box.put("urn:d", std::string(40, '4')));
    between();
    const BatchLimits limits{100, 83};  // two of 40, a comma and two brackets
    for (const std::size_t rows : {2u, 1u, 1u}) {
      const auto batch = box->next_batch("city", limits);
      CHECK(batch.rows.size() == rows);
      REQUIRE(box->settle("city", accepted(batch), kNow));
    }
    CHECK(queued(box).empty());
  });
}

TEST_CASE("a long queue of an entity that waits does not hide the others") {
  on_each_shelf([](TempOutbox& box, auto between) {
    for (int n = 0; n < 300; ++n) REQUIRE(box.put("urn:a", std::to_string(n)));
    REQUIRE(box.put("urn:b", "b"));
    between();
    box.reopen();  // or else it would pass
    auto batch = take(box, 1);
    REQUIRE(box->settle("city", kept(batch), milliseconds(5000)));
    batch = take(box, 1);
    CHECK(payloads(batch) == Words{"b"});
    REQUIRE(box->settle("city", accepted(batch), kNow));
    box.clock.advance(milliseconds(5000));
    CHECK(payloads(take(box, 1)) == Words{"0"});
  });
}

TEST_CASE("what is for the history alone says so on either shelf and after a kill, and once more") {
  on_each_shelf([](TempOutbox& box, auto between) {
    Deposit deposit;
    deposit.source = "site";
    for (const bool temporal : {false, true}) {
      NewRow row{"city", temporal ? "urn:b" : "urn:a", "x", box.clock.now()};
      row.temporal = temporal;
      deposit.rows.push_back(row);
    }
    REQUIRE(box->append(deposit));
    between();
    box.reopen();
    auto batch = take(box);
    REQUIRE(batch.rows.size() == 2);
    CHECK_FALSE(batch.rows[0].temporal);
    CHECK(batch.rows[1].temporal);
    // Whatever it died of, it comes back as what it was.
    REQUIRE(box->settle("city", rejected(batch), kNow));
    REQUIRE(box->requeue_dead(box->dead(1).at(0).id));
    batch = take(box);
    REQUIRE(batch.rows.size() == 1);
    CHECK(batch.rows[0].temporal);
  });
}

TEST_CASE("destinations have queues of their own") {
  on_each_shelf([](TempOutbox& box, auto between) {
    REQUIRE(box.put("urn:a", "1", "city"));
    REQUIRE(box.put("urn:a", "2", "region"));
    between();
    CHECK(payloads(take(box, 9, "region")) == Words{"2"});
    CHECK(payloads(take(box, 9, "city")) == Words{"1"});
    CHECK(take(box, 9, "nobody").rows.empty());
    check_balanced(box);
  });
}

TEST_CASE("a batch on its way is settled wherever its rows are by then") {
  TempOutbox box;
  REQUIRE(box.put("urn:a", "1"));
  REQUIRE(box.put("urn:b", "2"));
  const auto batch = take(box);
  REQUIRE(box->flush());
  REQUIRE(box.put("urn:a", "3"));
  CHECK(take(box).rows.empty());
  REQUIRE(box->settle("city", accepted(batch), kNow));
  CHECK(payloads(take(box)) == Words{"3"});
  check_balanced(box);
}

TEST_CASE("attempts outlive an orderly stop") {
  TempOutbox box;
  REQUIRE(box.put("urn:a", "1"));
  for (int n = 0; n < 3; ++n) REQUIRE(box->settle("city", kept(take(box)), kNow));
  CHECK(box->list(1).at(0).attempts == 3);
  REQUIRE(box->flush());
  CHECK(box->list(1).at(0).attempts == 3);
  box.reopen();
  CHECK(take(box).rows.at(0).attempts == 3);
}

TEST_CASE("the forwarder is woken once for each reading that stored rows") {
  TempOutbox box;
  int woken = 0;
  box->on_append([&woken] { ++woken; });
  REQUIRE(box.put("urn:a", "1"));
  Deposit empty;
  empty.source = "site";
  empty.fate = ReadingFate::kEmpty;
  REQUIRE(box->append(empty));
  CHECK(woken == 1);
  CHECK(box->totals().sources["site"].empty == 1);
}

}  // namespace lamppost::outbox
