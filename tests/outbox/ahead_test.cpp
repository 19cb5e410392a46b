// SPDX-License-Identifier: Apache-2.0
// What comes in now does not wait behind a backlog that it is no part of.
#include "outbox/census.h"
#include "outbox_words.h"
#include "run_sql.h"

namespace lamppost::outbox {
namespace {

constexpr int kBacklog = 400;  // four batches of `take`

// Rows of `entities` entities, all on flash, of more than a minute ago but for the last.
void pile_up(TempOutbox& box, int entities, int rows = kBacklog) {
  for (int n = 0; n < rows; ++n) {
    if (n == rows - 1) {
      REQUIRE(box->flush());
      box.clock.advance(std::chrono::minutes(2));
    }
    REQUIRE(box.put("urn:old" + std::to_string(n % entities), "old" + std::to_string(n)));
  }
  REQUIRE(box->flush());
}

bool holds(const Batch& batch, const std::string& payload) {
  const auto words = payloads(batch);
  return std::find(words.begin(), words.end(), payload) != words.end();
}

// How many batches it takes until this one is delivered; at most 20.
int batches_until(TempOutbox& box, const std::string& payload, std::size_t entities = 10) {
  for (int n = 1; n <= 20; ++n) {
    const auto batch = take(box, entities);
    REQUIRE(box->settle("city", accepted(batch), kNow));
    if (holds(batch, payload)) return n;
  }
  return 99;
}

}  // namespace

TEST_CASE("what has nothing older before it passes a backlog, from either shelf") {
  Options options;
  SUBCASE("two shelves") {}
  SUBCASE("the durable shelf alone") { options = durable_only(); }
  TempOutbox box(options);
  pile_up(box, 50);
  REQUIRE(box.put("urn:new", "n1"));
  const auto batch = take(box, 10);
  CHECK(batch.rows.size() == 10);
  CHECK(holds(batch, "n1"));
  CHECK(holds(batch, "old0"));
  REQUIRE(box->settle("city", accepted(batch), kNow));
  // The next of its entity as well, now that nothing of it is left; and one that reached flash.
  REQUIRE(box.put("urn:new", "n2"));
  CHECK(batches_until(box, "n2") == 1);
  REQUIRE(box.put("urn:new", "n3"));
  REQUIRE(box.put("urn:new", "n4"));
  REQUIRE(box->flush());
  CHECK(batches_until(box, "n3") <= 2);
  CHECK(batches_until(box, "n4") <= 2);
  check_balanced(box);
}

TEST_CASE("what has something older in the backlog waits for it") {
  TempOutbox box;
  pile_up(box, 1, 30);
  REQUIRE(box.put("urn:old0", "live"));
  for (int n = 0; n < 30; ++n) {
    const auto batch = take(box, 10);
    REQUIRE(payloads(batch) == Words{"old" + std::to_string(n)});
    REQUIRE(box->settle("city", accepted(batch), kNow));
  }
  CHECK(payloads(take(box, 10)) == Words{"live"});
}

TEST_CASE("the oldest row has its turn however much passes it and however large it is") {
  TempOutbox box;
  const std::string large(400 << 10, 'x');
  REQUIRE(box.put("urn:large", large));
  pile_up(box, 50);
  bool seen = false;
  for (int n = 0; n < 4 && !seen; ++n) {
    for (int live = 0; live < 5; ++live) {
      const auto name = std::to_string(n) + "-" + std::to_string(live);
      REQUIRE(box.put("urn:new" + name, std::string(40 << 10, 'n') + name));
    }
    const auto batch = take(box, 8);
    seen = holds(batch, large);
    REQUIRE(box->settle("city", accepted(batch), kNow));
  }
  CHECK(seen);
}

TEST_CASE("one entity a request: three of four are for what comes in now") {
  TempOutbox box;
  pile_up(box, 50);
  Words delivered;
  for (int n = 0; n < 4; ++n) {
    REQUIRE(box.put("urn:new" + std::to_string(n), "new"));
    const auto batch = take(box, 1);
    delivered.push_back(payloads(batch)[0]);
    REQUIRE(box->settle("city", accepted(batch), kNow));
  }
  CHECK(delivered == Words{"new", "new", "new", "old0"});
}

TEST_CASE("after a start nobody knows what of an entity is in the backlog: it waits, others pass") {
  TempOutbox box;
  pile_up(box, 50);
  box.reopen();
  REQUIRE(box.put("urn:old49", "waits"));
  REQUIRE(box.put("urn:new", "passes"));
  CHECK(batches_until(box, "passes") == 1);
  int rows = 0;
  for (bool seen = false; !seen; rows += 10) {
    const auto batch = take(box, 10);
    REQUIRE(!batch.rows.empty());
    seen = holds(batch, "waits");
    REQUIRE(box->settle("city", accepted(batch), kNow));
  }
  CHECK(rows >= kBacklog - 20);
  // With the old backlog gone the entity is one like any other.
  pile_up(box, 49);
  REQUIRE(box.put("urn:old49", "passes too"));
  CHECK(batches_until(box, "passes too") == 1);
}

TEST_CASE("a backlog of a former version is passed by nobody until it is gone") {
  TempOutbox box;
  pile_up(box, 50, 40);
  box.close();
  run_sql(box.options.path, kToVersion3);
  box.reopen();
  REQUIRE(box.put("urn:new", "live"));
  CHECK(batches_until(box, "live", 4) == 11);
}

TEST_CASE("the table of entities begins anew at a start with an empty queue") {
  TempOutbox box;
  pile_up(box, 50);
  while (true) {
    const auto batch = take(box);
    if (batch.rows.empty()) break;
    REQUIRE(box->settle("city", accepted(batch), kNow));
  }
  box.reopen();
  box.close();
  run_sql(box.options.path,
          "CREATE TEMP TABLE none (n CHECK (n = 0));"
          "INSERT INTO none SELECT count(*) FROM entities");
}

TEST_CASE("census: what is older than a minute is backlog, and beyond the bounds all is") {
  Census census;
  const auto row = [](RowId id, std::string entity, std::int64_t born) {
    Row made;
    made.id = id;
    made.entity = std::move(entity);
    made.born_ms = born;
    return made;
  };
  census.add(row(1, "a", 0));
  census.add(row(2, "b", 0));
  census.add(row(3, "b", 50'000));
  CHECK(census.passing().size() == 3);
  census.add(row(4, "c", Census::kPassingMs + 1));
  // Of b the first is too old: the second must not pass it.
  census.add(row(5, "b", Census::kPassingMs + 2));
  CHECK(census.passing().count(3) == 0);
  CHECK(census.passing().count(5) == 0);
  CHECK(census.passing().count(4) == 1);
  CHECK(census.may_have_rows_of("b"));
  CHECK_FALSE(census.may_have_rows_of("d"));
  for (const RowId id : {2, 3, 5}) census.remove(id, "b");
  CHECK_FALSE(census.may_have_rows_of("b"));
  census.add(row(6, "b", Census::kPassingMs + 3));
  CHECK(census.passing().count(6) == 1);

  for (std::size_t n = 0; n < Census::kMaxEntities; ++n)
    census.add(row(10 + static_cast<RowId>(n), "e" + std::to_string(n), Census::kPassingMs + 4));
  CHECK(census.passing().size() == Census::kMaxPassing);
  CHECK(census.to_note("one more") == "");
  census.add(row(1'000'000, "one more", Census::kPassingMs + 5));
  CHECK_FALSE(census.noted("another"));  // but "" will be
  CHECK(census.may_have_rows_of("another"));
}

}  // namespace lamppost::outbox
