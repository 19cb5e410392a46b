// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/duplicates.h"

#include <doctest/doctest.h>

#include "support/manual_clock.h"

using namespace lamppost;
using namespace lamppost::coap;
using namespace std::chrono_literals;

namespace {

Request request_of(std::uint16_t message_id, std::string_view payload = "1") {
  Request request;
  request.remote.port = 40000;
  request.message_id = message_id;
  request.token = "t";
  request.path = {"a", "b"};
  request.payload = payload;
  return request;
}

Answer answer_of(std::string text) { return diagnostic(Code::kBadRequest, text); }

}  // namespace

TEST_CASE("duplicates: a copy gets the answer of the original") {
  ManualClock clock;
  Duplicates duplicates(clock);
  CHECK(duplicates.find(key_of(request_of(7))) == nullptr);
  duplicates.remember(key_of(request_of(7)), answer_of("first"), kExchangeLifetime);
  const auto* given = duplicates.find(key_of(request_of(7)));
  REQUIRE(given != nullptr);
  CHECK(given->payload == "first");
}

TEST_CASE("duplicates: anything else that differs is another request") {
  const auto original = key_of(request_of(7));
  CHECK(key_of(request_of(7)) == original);
  CHECK_FALSE(key_of(request_of(8)) == original);
  CHECK_FALSE(key_of(request_of(7, "2")) == original);
  const auto changed = [&](auto change) {
    auto request = request_of(7);
    change(request);
    return !(key_of(request) == original);
  };
  CHECK(changed([](Request& r) { r.remote.port = 40001; }));
  CHECK(changed([](Request& r) { r.remote.address[15] = 1; }));
  CHECK(changed([](Request& r) { r.remote.scope = 2; }));
  CHECK(changed([](Request& r) { r.token = "u"; }));
  CHECK(changed([](Request& r) { r.method = Method::kPut; }));
  CHECK(changed([](Request& r) { r.path = {"ab"}; }));
  CHECK(changed([](Request& r) { r.content_format = 0; }));
  CHECK(changed([](Request& r) { r.block1 = 0; }));
}

TEST_CASE("duplicates: a message id is free again after its lifetime") {
  ManualClock clock;
  Duplicates duplicates(clock);
  duplicates.remember(key_of(request_of(1)), answer_of("con"), kExchangeLifetime);
  duplicates.remember(key_of(request_of(2)), answer_of("non"), kNonLifetime);
  clock.advance(145s - 1ms);
  CHECK(duplicates.find(key_of(request_of(2))) != nullptr);
  clock.advance(1ms);
  CHECK(duplicates.find(key_of(request_of(2))) == nullptr);
  CHECK(duplicates.find(key_of(request_of(1))) != nullptr);
  clock.advance(102s);
  CHECK(duplicates.find(key_of(request_of(1))) == nullptr);
}

TEST_CASE("duplicates: a reused key answers with its younger entry, also when the older one goes") {
  ManualClock clock;
  Duplicates duplicates(clock);
  duplicates.remember(key_of(request_of(9)), answer_of("con"), kExchangeLifetime);
  duplicates.remember(key_of(request_of(1)), answer_of("old"), kNonLifetime);
  clock.advance(146s);
  duplicates.remember(key_of(request_of(1)), answer_of("young"), kNonLifetime);
  clock.advance(102s);  // the two older entries are past their time now
  duplicates.remember(key_of(request_of(2)), answer_of("other"), kNonLifetime);
  CHECK(duplicates.size() == 2);
  REQUIRE(duplicates.find(key_of(request_of(1))) != nullptr);
  CHECK(duplicates.find(key_of(request_of(1)))->payload == "young");
}

TEST_CASE("duplicates: memory is bounded and the oldest answer gives way") {
  ManualClock clock;
  Duplicates duplicates(clock, 8192);
  for (int i = 0; i < 10'000; ++i)
    duplicates.remember(key_of(request_of(static_cast<std::uint16_t>(i))),
                        answer_of(std::to_string(i)), kExchangeLifetime);
  CHECK(duplicates.size() == 8192);
  CHECK(duplicates.find(key_of(request_of(10'000 - 8192 - 1))) == nullptr);
  REQUIRE(duplicates.find(key_of(request_of(10'000 - 8192))) != nullptr);
  CHECK(duplicates.find(key_of(request_of(10'000 - 8192)))->payload == "1808");
  CHECK(duplicates.find(key_of(request_of(9'999)))->payload == "9999");
}
