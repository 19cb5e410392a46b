// SPDX-License-Identifier: Apache-2.0
// `history = "latest"`: updates of one entity merge while they wait.
#include "core/json.h"
#include "outbox/merge.h"
#include "outbox_words.h"

namespace lamppost::outbox {
namespace {

std::string attribute(int value, int second) {
  return R"({"type":"Property","value":)" + std::to_string(value) +
         R"(,"observedAt":"2026-03-01T12:00:0)" + std::to_string(second) + R"(.000Z"})";
}

std::string entity(const std::string& attributes) {
  return R"({"id":"urn:a","type":"T",)" + attributes + "}";
}
std::string entity(const std::string& name, int value, int second) {
  return entity("\"" + name + "\":" + attribute(value, second));
}

Result<void> put_latest(TempOutbox& box, const std::string& name, int value, int second,
                        bool latest = true) {
  Deposit deposit;
  deposit.source = "site";
  deposit.rows.push_back(
      {"city", "urn:a", entity(name, value, second), Timestamp{second * 1000}, latest});
  return box->append(deposit);
}

// {"t": 3} of each queued row.
std::vector<std::map<std::string, int>> values(TempOutbox& box) {
  std::vector<std::map<std::string, int>> rows;
  for (const auto& payload : queued(box)) {
    rows.emplace_back();
    const auto json = Json::parse(payload);
    CHECK(json["id"] == "urn:a");
    for (const auto& [name, value] : json.items())
      if (value.is_object()) rows.back()[name] = value["value"];
  }
  return rows;
}

using Rows = std::vector<std::map<std::string, int>>;

}  // namespace

TEST_CASE("a newer update merges into the queued one, attribute by attribute") {
  for (const auto window : {kNow, milliseconds(1000)}) {
    Options options;
    options.power_loss_window = window;
    TempOutbox box(options);
    REQUIRE(put_latest(box, "t", 1, 1));
    REQUIRE(put_latest(box, "h", 2, 2));
    REQUIRE(put_latest(box, "t", 3, 3));
    CHECK(values(box) == Rows{{{"t", 3}, {"h", 2}}});
    const auto ledger = box->totals().destinations["city"];
    CHECK(ledger.stored == 3);
    CHECK(ledger.merged == 2);
    check_balanced(box);
    box.reopen();
    REQUIRE(put_latest(box, "t", 4, 4));
    CHECK(values(box) == Rows{{{"t", 4}, {"h", 2}}});
    check_balanced(box);
  }
}

TEST_CASE("an update that is observed earlier but arrives later does not win") {
  TempOutbox box;
  REQUIRE(put_latest(box, "t", 5, 5));
  REQUIRE(put_latest(box, "t", 3, 3));
  CHECK(values(box) == Rows{{{"t", 5}}});
}

TEST_CASE("each attribute's own observedAt decides") {
  const auto queued = entity(R"("a":)" + attribute(1, 1) + R"(,"b":)" + attribute(9, 9));
  const auto arriving = entity(R"("a":)" + attribute(5, 5) + R"(,"b":)" + attribute(5, 5));
  const auto merged = merge_updates({queued, Timestamp{9000}}, {arriving, Timestamp{5000}});
  REQUIRE(merged);
  const auto json = Json::parse(*merged);
  CHECK(json["a"]["value"] == 5);
  CHECK(json["b"]["value"] == 9);
}

TEST_CASE("a payload that is no object is not merged but queued") {
  CHECK_FALSE(merge_updates({"[1]", {}}, {"{}", {}}));
  CHECK_FALSE(merge_updates({"{}", {}}, {"{", {}}));
}

TEST_CASE("nothing merges into a row that is being sent") {
  for (const auto window : {kNow, milliseconds(1000)}) {
    Options options;
    options.power_loss_window = window;
    TempOutbox box(options);
    REQUIRE(put_latest(box, "t", 1, 1));
    const auto batch = take(box);
    REQUIRE(put_latest(box, "t", 2, 2));
    REQUIRE(put_latest(box, "t", 3, 3));
    CHECK(values(box) == Rows{{{"t", 1}}, {{"t", 3}}});
    REQUIRE(box->settle("city", accepted(batch), kNow));
    CHECK(values(box) == Rows{{{"t", 3}}});
    check_balanced(box);
  }
}

TEST_CASE("nothing merges past a row that stands for itself") {
  for (const auto window : {kNow, milliseconds(1000)}) {
    Options options;
    options.power_loss_window = window;
    TempOutbox box(options);
    REQUIRE(put_latest(box, "t", 1, 1));
    REQUIRE(put_latest(box, "t", 2, 2, false));
    REQUIRE(put_latest(box, "t", 3, 3));
    REQUIRE(box->flush());
    CHECK(values(box) == Rows{{{"t", 1}}, {{"t", 2}}, {{"t", 3}}});
    REQUIRE(put_latest(box, "t", 4, 4));
    REQUIRE(box->flush());
    CHECK(values(box) == Rows{{{"t", 1}}, {{"t", 2}}, {{"t", 4}}});
    check_balanced(box);
  }
}

TEST_CASE("during an outage the durable shelf keeps one row an entity") {
  TempOutbox box;
  for (int n = 1; n <= 9; ++n) {
    REQUIRE(put_latest(box, n % 2 == 0 ? "t" : "h", n, n));
    box.clock.advance(milliseconds(1000));
    box->maintain();
    check_balanced(box);
  }
  CHECK(values(box) == Rows{{{"t", 8}, {"h", 9}}});
  const auto ledger = box->totals().destinations["city"];
  CHECK(ledger.merged == 8);
  CHECK(ledger.queued == 1);
}

TEST_CASE("rows of one reading merge with each other") {
  TempOutbox box;
  Deposit deposit;
  deposit.source = "site";
  for (int n = 1; n <= 3; ++n)
    deposit.rows.push_back({"city", "urn:a", entity("t", n, n), Timestamp{n * 1000}, true});
  REQUIRE(box->append(deposit));
  CHECK(values(box) == Rows{{{"t", 3}}});
  check_balanced(box);
}

TEST_CASE("a row dropped to make room for an update is not merged into") {
  Options options;
  options.drop_oldest = true;
  options.max_bytes = 400;
  TempOutbox box(options);
  REQUIRE(put_latest(box, "t", 1, 1));
  REQUIRE(box.put("urn:b", std::string(120, '2')));
  REQUIRE(put_latest(box, "a_name_that_takes_room", 3, 3));
  check_balanced(box);
  box.reopen();
  check_balanced(box);
}

}  // namespace lamppost::outbox
