// SPDX-License-Identifier: Apache-2.0
// Rows that the durable shelf did not write the way it does today.
#include "outbox/files.h"
#include "outbox_words.h"
#include "run_sql.h"

namespace lamppost::outbox {

TEST_CASE("a queue of a former version is delivered by today's, and they refuse today's") {
  TempOutbox box;
  REQUIRE(box.put("urn:a", R"({"id":"urn:a"})"));
  REQUIRE(box.put("urn:b", R"({"id":"urn:b"})"));
  REQUIRE(box->flush());
  box.close();
  SUBCASE("version 4") { run_sql(box.options.path, kToVersion4); }
  SUBCASE("version 3") { run_sql(box.options.path, kToVersion3); }
  SUBCASE("version 2") { run_sql(box.options.path, kToVersion2); }
  SUBCASE("version 1") {
    run_sql(box.options.path, kToVersion2);
    run_sql(box.options.path,
            "UPDATE rows SET payload = '{\"id\":\"' || entity || '\"}'; PRAGMA user_version = 1");
  }
  box.reopen();
  CHECK(payloads(take(box)) == Words{R"({"id":"urn:a"})", R"({"id":"urn:b"})"});
  check_balanced(box);
  box.close();
  // user_version, big-endian, in the header (SQLite file format, 1.3).
  CHECK(read_all(box.options.path).value().substr(60, 4) == std::string("\0\0\0\5", 4));
}

TEST_CASE("a row whose bytes are damaged ends as a dead letter, and the others are delivered") {
  TempOutbox box;
  for (const auto* entity : {"urn:a", "urn:b", "urn:c"}) REQUIRE(box.put(entity, entity));
  REQUIRE(box.put("urn:b", "later"));
  REQUIRE(box->flush());
  box.close();
  run_sql(box.options.path,
          "UPDATE rows SET payload = substr(payload, 1, 6) WHERE key = (SELECT min(key) FROM rows "
          "WHERE entity = 'urn:b')");
  box.reopen();
  const auto batch = take(box);
  CHECK(payloads(batch) == Words{"urn:a", "urn:c"});
  CHECK(box.logged("1 row for broker city is damaged"));
  const auto letters = box->dead(10);
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].entity == "urn:b");
  CHECK(letters[0].reason == "damaged");
  CHECK(letters[0].payload.empty());
  check_balanced(box);
  REQUIRE(box->settle("city", accepted(batch), kNow));
  CHECK(payloads(take(box)) == Words{"later"});
  CHECK(box->totals().destinations["city"].dead == 1);
  check_balanced(box);
}

TEST_CASE("a row is damaged when anything is that decides where it goes, and keeps its payload") {
  TempOutbox box(durable_only());
  for (const auto* entity : {"urn:a", "urn:b", "urn:c"}) REQUIRE(box.put(entity, entity));
  box.close();
  const char* change = "";
  SUBCASE("its entity") { change = "entity = 'urn:x'"; }
  SUBCASE("the time of its data") { change = "observed_at = observed_at | 1 << 40"; }
  SUBCASE("the time it was taken in") { change = "enqueued = enqueued - 1"; }
  SUBCASE("its age") { change = "born = 0"; }
  SUBCASE("its priority") { change = "priority = 2"; }
  SUBCASE("that it is present state") { change = "latest = 2"; }
  SUBCASE("its payload, packed well") {
    change = "payload = (SELECT payload FROM rows WHERE entity = 'urn:a')";
  }
  const auto statement = "UPDATE rows SET " + std::string(change) + " WHERE entity = 'urn:b'";
  run_sql(box.options.path, statement.c_str());
  box.reopen();
  box->maintain();
  CHECK(payloads(take(box)) == Words{"urn:a", "urn:c"});
  const auto letters = box->dead(10);
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].reason == "damaged");
  CHECK(letters[0].payload.substr(0, 4) == "urn:");
  check_balanced(box);
}

TEST_CASE("an age that the flash has altered lets nothing expire") {
  TempOutbox box(durable_only());
  for (const auto* entity : {"urn:a", "urn:b"}) REQUIRE(box.put(entity, entity));
  box.close();
  Words expected;
  SUBCASE("of the newest row") {
    run_sql(box.options.path, "UPDATE rows SET born = born | 1 << 45 WHERE entity = 'urn:b'");
    expected = {"urn:a"};
  }
  SUBCASE("of all that there is") {
    run_sql(box.options.path, "UPDATE marks SET age = age | 1 << 45");
    expected = {"urn:a", "urn:b"};
  }
  box.reopen();
  box.clock.advance(milliseconds(2000));
  box->maintain();
  CHECK(payloads(take(box)) == expected);
  CHECK(box->totals().destinations["city"].dropped == 0);
  check_balanced(box);
}

TEST_CASE("numbers that were given out are not given out again when the flash has altered them") {
  TempOutbox box(durable_only());
  REQUIRE(box.put("urn:a", "first"));
  const auto first = take(box);
  REQUIRE(box->settle("city", accepted(first), kNow));
  box.close();
  run_sql(box.options.path, "UPDATE marks SET reserved = 1");
  box.reopen();
  CHECK(box.logged("its marks were lost"));
  REQUIRE(box.put("urn:a", "second"));
  CHECK(take(box).rows.at(0).id > first.rows.at(0).id);
}

TEST_CASE("a count of bytes that the flash has altered does not stay in the books") {
  TempOutbox box;
  for (const auto* entity : {"urn:a", "urn:b"}) REQUIRE(box.put(entity, entity));
  REQUIRE(box->flush());
  box.close();
  run_sql(box.options.path, "UPDATE rows SET bytes = 1 << 50 WHERE entity = 'urn:a'");
  box.reopen();
  CHECK(box->totals().bytes < 1000);
  const auto batch = take(box);
  CHECK(payloads(batch) == Words{"urn:a", "urn:b"});
  REQUIRE(box->settle("city", accepted(batch), kNow));
  CHECK(box->totals().bytes == 0);
  REQUIRE(box.put("urn:a", "later"));
  check_balanced(box);
}

}  // namespace lamppost::outbox
