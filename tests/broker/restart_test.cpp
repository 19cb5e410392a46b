// SPDX-License-Identifier: Apache-2.0
// The real outbox under a forwarder that dies in the middle.
#include "broker/road.h"
#include "support/temp_outbox.h"

namespace lamppost {
namespace {

// A gateway's second half: its outbox on files, its forwarder, one broker.
struct Half {
  TempOutbox box;
  FakeBroker city;
  boost::asio::io_context io;
  broker::Options options = impatient();
  std::unique_ptr<broker::Forwarder> forwarder;

  void start() {
    forwarder = std::make_unique<broker::Forwarder>(io, destination("city", city.url()), *box,
                                                    box.clock, box.log, options);
    forwarder->start();
  }
  bool until(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!done() && std::chrono::steady_clock::now() < end) {
      if (io.stopped()) io.restart();
      io.run_one_for(5ms);
      box.clock.advance(5ms);
    }
    return done();
  }
  // As kill -9 leaves it: nothing is flushed, nothing is settled.
  void die() {
    forwarder.reset();
    io.restart();
    io.run_for(5ms);
    box.reopen();
  }
};

}  // namespace

TEST_CASE("F44: death while the answer is out, stored there or not: sent once more") {
  for (const auto manner : {Manner::kSilence, Manner::kStoreButNeverAnswer}) {
    Half half;
    half.city.script({{204, "", {}, manner}});
    for (int i = 0; i < 3; ++i) REQUIRE(half.box.put(urn("a"), payload("a", i)));
    half.options.back_off_base = half.options.back_off_cap = 1h;
    half.start();
    REQUIRE(half.until([&] { return half.city.requests().size() == 1; }));
    half.die();
    half.options = impatient();
    CHECK(half.box->totals().rows == 3);  // the answer never reached the books
    half.start();
    REQUIRE(half.until([&] { return half.box->totals().rows == 0; }));
    half.forwarder.reset();
    const auto requests = half.city.requests();
    CHECK(requests.at(1).body == requests.at(0).body);
    CHECK(half.city.entities().at(urn("a"))["n"]["value"] == 2);
    int last = -1;
    for (const auto& entity : half.city.history()) {
      const int value = entity["n"]["value"];
      CHECK(value >= last);
      CHECK(value <= last + 1);
      last = value;
    }
    CHECK(half.box->totals().destinations.at("city").balanced());
  }
}

TEST_CASE("F22: a learned limit survives the death of the process") {
  Half half;
  half.city.script({{413, "", {}}});
  for (int i = 0; i < 20; ++i)
    REQUIRE(half.box.put(urn(std::to_string(i)), payload(std::to_string(i), 1, 4000)));
  half.start();
  REQUIRE(half.until([&] { return half.box->totals().rows == 0; }));
  const auto learned = half.forwarder->state().max_bytes;
  CHECK(learned > 0);
  half.die();
  half.start();
  CHECK(half.forwarder->state().max_bytes == learned);
}

}  // namespace lamppost
