// SPDX-License-Identifier: Apache-2.0
// A broker that is away, slow, rude or overloaded costs waiting, never rows.
#include <optional>

#include "broker/road.h"

namespace lamppost {

TEST_CASE(
    "F25: no answer in time: the same row again, and nothing newer of that entity before it") {
  Road road;
  road.to.timeout = 150ms;
  road.city.script({{204, "", {}, Manner::kSilence}});
  road.put("a", 1);
  road.start();
  REQUIRE(road.until_requests(1));
  road.put("a", 2);
  REQUIRE(road.until_empty());
  const auto requests = road.city.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[1].body == requests[0].body);
  CHECK(road.city.entities().at(urn("a"))["n"]["value"] == 2);
  CHECK(road.said("no answer within 150 ms; keeping readings, next try in") == 1);
  CHECK(road.said("back after") == 1);
}

TEST_CASE("F26: an answer that breaks off says nothing: the same row again") {
  for (const auto manner : {Manner::kCloseInsideHeader, Manner::kCloseInsideBody,
                            Manner::kResetWhileReading, Manner::kStoreButNeverAnswer}) {
    Road road;
    road.city.script({{204, "", {}, manner}});
    road.put("a", 1);
    road.deliver();
    CHECK(road.city.entities().size() == 1);
    CHECK(road.said("keeping readings") == 1);
    CHECK(road.dead().empty());
  }
}

TEST_CASE("F27: a kept connection that the broker has closed costs nothing and says nothing") {
  for (const auto manner : {Manner::kAnswerThenClose, Manner::kAnswer}) {
    Road road;
    // Either it is closed when we look, or it closes under our hands.
    road.city.script({{204, "", {}, manner}});
    if (manner == Manner::kAnswer) road.city.script({{204, "", {}, Manner::kCloseUnanswered}});
    road.put("a", 1);
    road.deliver();
    road.put("a", 2);
    REQUIRE(road.until_empty());
    CHECK(road.lines.empty());
    CHECK(road.city.requests().back().connection == 2);
    CHECK(road.city.entities().at(urn("a"))["n"]["value"] == 2);
  }
}

TEST_CASE("F28: connection refused for a while: order kept, said once, back said once") {
  std::optional<FakeBroker> away(std::in_place);
  FakeBroker::Options again;
  again.port = static_cast<unsigned short>(away->port());
  Road road;
  road.to = destination("city", away->url());
  away.reset();
  for (int i = 0; i < 5; ++i)
    for (const char* local : {"a", "b"}) road.put(local, i);
  road.options.first_batch = 1;
  road.start();
  REQUIRE(road.until_said("broker city: connection refused; keeping readings, next try in"));
  CHECK(road.forwarder->state().state == "backing off");
  CHECK(road.forwarder->state().reason == "connection refused");
  // The batch that noticed; afterwards, over many tries, nothing is even taken.
  CHECK_FALSE(road.until([&] { return road.outbox.settles() > 1; }, 100ms));

  FakeBroker back(again);
  REQUIRE(road.until_empty());
  CHECK(road.said("connection refused") == 1);
  CHECK(road.said("broker city: back after") == 1);
  CHECK(road.said("10 rows waited") == 1);
  std::map<std::string, int> last;
  for (const auto& entity : back.history()) {
    auto& seen = last.try_emplace(entity["id"], -1).first->second;
    CHECK(entity["n"]["value"].get<int>() == seen + 1);
    seen = entity["n"]["value"];
  }
  CHECK(carried(back.requests().front()) == "a");  // one entity first
}

TEST_CASE(
    "F29: Retry-After is honoured as seconds and as a date, clamped, and garbage is ignored") {
  const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT", later = "Sun, 06 Nov 1994 08:50:02 GMT";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"7", "next try in 7 s"},
      {later, "next try in 25 s"},
      {"1000000000", "next try in 60 min"},
      {"soon", " ms"},
      {"-5", " ms"},
  };
  for (const auto& [value, words] : cases) {
    CAPTURE(value);
    Road road;
    road.city.script({{503, "", {{"Date", date}, {"Retry-After", value}}}});
    road.put("a");
    road.start();
    CHECK(road.until_said("503 Service Unavailable; keeping readings, next try in"));
    CHECK(road.said(words) == 1);
    // As long as it says, and not at all for garbage.
    const bool soon = words == " ms";
    CHECK(road.until([&] { return road.outbox.queued() == 0; }, soon ? 10s : 60ms) == soon);
  }
}

TEST_CASE("F28: what has not been reached for long gets one entity first, then more") {
  Road road;
  road.options.first_batch = 1;
  for (int i = 0; i < 30; ++i) road.put(std::to_string(100 + i), 1);
  road.deliver();
  road.city.script({{503, "", {}}});
  for (int i = 0; i < 30; ++i) road.put(std::to_string(100 + i), 2);
  REQUIRE(road.until_empty());
  std::vector<std::size_t> sizes;
  for (const auto& request : road.city.requests())
    sizes.push_back(Json::parse(request.body).size());
  CHECK(sizes == std::vector<std::size_t>{1, 5, 21, 3, 30, 1, 5, 21, 3});
}

TEST_CASE("F30: 429 holds one destination, not the other") {
  Road road;
  FakeBroker region;
  auto other = destination("region", region.url());
  broker::Forwarder second(road.io, other, road.outbox, road.clock, road.log, impatient());
  road.city.script({{429, "", {{"Retry-After", "3600"}}}});
  road.put("a");
  for (int i = 0; i < 5; ++i) road.outbox.put("region", urn("a"), payload("a", i));
  road.start();
  second.start();
  REQUIRE(road.until([&] { return road.outbox.queued() == 1; }));
  CHECK(road.until_said("429 Too Many Requests"));
  CHECK(region.requests().size() == 5);
  CHECK_FALSE(road.until_requests(2, 60ms));
}

namespace {

std::optional<Reply> fail_on_poison(const SeenRequest& request) {
  if (carried(request).find("poison") == std::string::npos) return std::nullopt;
  return Reply{500, "", {}};
}

}  // namespace

TEST_CASE("F31: one entity that makes the broker fail stands aside, the others flow") {
  Road road;
  road.options.first_batch = 1;
  road.options.back_off_base = 7ms;
  road.options.back_off_cap = road.options.rows.normal_base = road.options.rows.normal_cap = 1h;
  road.city.rule(fail_on_poison);
  road.put("poison");
  for (const char* local : {"a", "b", "c"}) road.put(local);
  road.start();
  REQUIRE(road.until([&] { return road.outbox.queued() == 1; }));
  CHECK(road.said("next try in 7 ms") > 0);  // soon, to see whether others pass
  CHECK(road.dead().empty());
}

TEST_CASE("F31: it is found within a batch as well") {
  Road road;
  road.options.first_batch = 1;
  road.put("z");
  road.deliver();
  road.city.rule(fail_on_poison);
  for (const char* local : {"a", "b", "c", "poison"}) road.put(local);
  REQUIRE(road.until([&] { return road.outbox.queued() == 1; }));
  CHECK(road.dead().empty());
}

TEST_CASE("F31: it is a dead letter after many tries over a long time while others got through") {
  Road road;
  road.options.first_batch = 1;
  road.options.rows.poison_age = 1h;
  road.city.rule(fail_on_poison);
  road.put("poison");
  road.start();
  REQUIRE(road.until_requests(12));
  road.clock.ahead = 2h;
  REQUIRE(road.until_requests(14));
  CHECK(road.dead().empty());  // nobody else got through: the broker may be the culprit
  road.put("a");
  REQUIRE(road.until_empty());
  REQUIRE(road.dead().size() == 1);
  CHECK(road.dead()[0].reason == "poison");
}

TEST_CASE("F43: an entity that always fails does not delay another") {
  Road road;
  road.city.rule([](const SeenRequest& request) -> std::optional<Reply> {
    if (carried(request) == "b") return std::nullopt;
    const auto error = failed("a", problem("InternalError", 500));
    return Reply{207, multi_status({"b"}, error), {}};
  });
  road.options.rows.normal_base = road.options.rows.normal_cap = 1h;
  road.options.back_off_base = road.options.back_off_cap = 1h;
  for (int i = 0; i < 10; ++i) {
    road.put("a", i);
    road.put("b", i);
  }
  road.start();
  REQUIRE(road.until([&] { return road.outbox.totals().destinations["city"].delivered == 10; }));
  CHECK(road.outbox.queued() == 10);
}

TEST_CASE("F42: fifty updates of one entity through random failures arrive in order") {
  Road road;
  road.options.first_batch = 1;
  unsigned dice = 12345;
  road.city.rule([&dice](const SeenRequest&) -> std::optional<Reply> {
    dice = dice * 1103515245U + 12345U;
    switch ((dice >> 16U) % 8) {
      case 0:
        return Reply{503, "", {}};
      case 1:
        return Reply{204, "", {}, Manner::kCloseUnanswered};
      case 2:
        return Reply{204, "", {}, Manner::kStoreButNeverAnswer};
      case 3:
        return Reply{500, "", {}};
      default:
        return std::nullopt;
    }
  });
  for (int i = 0; i < 50; ++i) {
    road.put("a", i);
    road.put("b" + std::to_string(i), i);
  }
  road.deliver();
  int last = -1;
  for (const auto& entity : road.city.history()) {
    if (entity["id"] != urn("a")) continue;
    const int value = entity["n"]["value"];
    CHECK((value == last || value == last + 1));
    last = value;
  }
  CHECK(last == 49);
  CHECK(road.city.entities().size() == 51);
  CHECK(road.dead().empty());
}

TEST_CASE("F51: an answer without end is cut off and one beyond all measure costs no memory") {
  Road slow;
  slow.to.timeout = 150ms;
  slow.city.script({{204, "", {}, Manner::kTrickle}});
  slow.put("a");
  slow.deliver();
  CHECK(slow.city.requests().size() == 2);

  Road huge;
  huge.city.script({{201, std::string(std::size_t{3} << 20, ' '), {}}});
  huge.put("a");
  huge.deliver();
  CHECK(huge.city.requests().size() == 1);  // the status is known, the rest does not matter
  huge.put("a");
  REQUIRE(huge.until_empty());
  CHECK(huge.city.requests().back().connection == 2);  // nor was it read

  Road head;
  head.city.script({{204, "", {{"X", std::string(20'000, 'x')}}}});
  head.put("a");
  head.deliver();
  CHECK(head.said("header is larger than 16 KiB") == 1);
}

TEST_CASE("what answers without speaking HTTP is named as such") {
  Road road;
  road.city.script({{42, "", {}}});
  road.put("a");
  road.deliver();
  CHECK(road.said("the answer is no HTTP") == 1);
}

TEST_CASE("a disk that cannot write the answer down slows us, and nothing is sent twice for it") {
  Road road;
  road.outbox.fail_settle(1);
  road.put("a", 1);
  road.put("a", 2);
  road.deliver();
  CHECK(road.city.requests().size() == 2);
  CHECK(road.said("disk is full; keeping readings, next try in") == 1);
  CHECK(road.said("back after") == 1);
}

}  // namespace lamppost
