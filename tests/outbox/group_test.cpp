// SPDX-License-Identifier: Apache-2.0
// Several readings in one append().
#include "outbox/outbox_words.h"

using namespace lamppost;
using namespace lamppost::outbox;

namespace {

constexpr auto kWindow = milliseconds(1000);

Deposit reading(const std::string& entity, std::string payload, bool latest = false) {
  Deposit deposit;
  deposit.source = "site";
  deposit.rows.push_back({"city", entity, std::move(payload), Timestamp{}, latest});
  return deposit;
}

Deposit unknown(const std::string& topic) {
  Deposit deposit;
  deposit.source = "site";
  deposit.fate = ReadingFate::kHeld;
  deposit.unknown = Unknown{0, "site", topic, "", "payload", "no mapping", 1, {}, {}};
  return deposit;
}

// Of kRowBytes.
Deposit big(char letter) {
  return reading("urn:" + std::string(1, letter), filler(letter, "urn:x"));
}

}  // namespace

TEST_CASE("readings that come together are stored in one commit") {
  constexpr std::size_t kMany = 200;
  std::vector<Deposit> deposits;
  for (std::size_t i = 0; i < kMany; ++i)
    deposits.push_back(reading("urn:" + std::to_string(i % 7), std::to_string(i)));
  TempOutbox together(durable_only()), alone(durable_only());
  const auto new_file = together->totals().flash_bytes_written;
  CHECK(together->append(deposits).count == kMany);
  for (const auto& deposit : deposits) REQUIRE(alone->append(deposit));
  together.reopen();
  CHECK(queued(together) == queued(alone));
  check_balanced(together);
  CHECK(together->totals().sources["site"].stored == kMany);
  CHECK((together->totals().flash_bytes_written - new_file) * 10 <
        alone->totals().flash_bytes_written - new_file);
}

TEST_CASE("of readings that come together as many are stored as there is room for") {
  for (const auto window : {kNow, kWindow}) {
    Options options;
    options.power_loss_window = window;
    options.max_bytes = kTenRows;
    TempOutbox box(options);
    std::vector<Deposit> deposits;
    for (char letter = 'a'; letter <= 'p'; ++letter) deposits.push_back(big(letter));
    const auto appended = box->append(deposits);
    CHECK(appended.count == 10);
    CHECK(appended.refusal.find("outbox full (") == 0);
    CHECK(box->totals().rows == 10);
    CHECK(box->totals().sources["site"].received == 10);
    check_balanced(box);
  }
}

TEST_CASE("updates of one entity that come together merge where their mapping asks for it") {
  TempOutbox box;
  const std::vector<Deposit> deposits{reading("urn:a", R"({"id":"urn:a","type":"T","x":1})", true),
                                      reading("urn:b", R"({"id":"urn:b","type":"T","x":1})", true),
                                      reading("urn:a", R"({"id":"urn:a","type":"T","x":2})", true)};
  CHECK(box->append(deposits).count == 3);
  CHECK(queued(box) ==
        Words{R"({"id":"urn:a","type":"T","x":2})", R"({"id":"urn:b","type":"T","x":1})"});
  CHECK(box->totals().destinations["city"].merged == 1);
  check_balanced(box);
}

TEST_CASE("unknown readings of one topic that come together are counted each") {
  for (const auto window : {kNow, kWindow}) {
    Options options;
    options.power_loss_window = window;
    TempOutbox box(options);
    CHECK(box->append(std::vector{unknown("a"), unknown("b"), unknown("a")}).count == 3);
    CHECK(box->append(std::vector{unknown("a"), unknown("a")}).count == 2);
    box.reopen();
    std::map<std::string, std::uint64_t> counts;
    for (const auto& entry : box->unknowns(10)) counts[entry.topic] = entry.count;
    CHECK(counts == std::map<std::string, std::uint64_t>{{"a", 4}, {"b", 1}});
  }
}

TEST_CASE("nothing at all can be appended, too") {
  TempOutbox box;
  const auto appended = box->append(std::span<const Deposit>());
  CHECK(appended.count == 0);
  CHECK(appended.refusal.empty());
}
