// SPDX-License-Identifier: Apache-2.0
// Brokers that stand still: each wait has an end long before the whole request's, and costs no row.
#include "broker/road.h"

// After the road, which brings what Boost 1.74 forgets to include.
#include <boost/asio/ip/tcp.hpp>

namespace lamppost {
namespace {

namespace net = boost::asio;
using net::ip::tcp;

// A road on which nothing but the limit for a stall can end a wait.
void wait_only_for_stalls(Road& road) {
  road.to.timeout = 1h;
  road.options.stall = 60ms;
}

}  // namespace

TEST_CASE("stall: an answer that stops in its middle is given up and the row sent again") {
  Road road;
  wait_only_for_stalls(road);
  road.city.script({{201, "", {}, Manner::kStopInsideBody}});
  road.put("a", 1);
  road.deliver();
  const auto requests = road.city.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[1].body == requests[0].body);
  CHECK(requests[1].connection == 2);
  CHECK(road.said("the answer has stopped; keeping readings") == 1);
  CHECK(road.dead().empty());
}

TEST_CASE("stall: a broker may think as long as it likes before it answers") {
  Road road;
  wait_only_for_stalls(road);
  road.city.script({{204, "", {}, Manner::kSilence}});
  road.put("a", 1);
  road.start();
  REQUIRE(road.until_requests(1));
  // Three times the stall, and the request is still under way.
  CHECK_FALSE(road.until([&] { return !road.lines.empty(); }, 180ms));
  CHECK(road.forwarder->state().state == "sending");
}

TEST_CASE("stall: one that takes the connection and never says a word meets the whole timeout") {
  Road road;
  road.to.timeout = 80ms;
  road.city.rule([](const SeenRequest&) { return Reply{204, "", {}, Manner::kSilence}; });
  road.put("a", 1);
  road.start();
  REQUIRE(road.until_requests(3));
  CHECK(road.said("no answer within 80 ms; keeping readings") == 1);
  CHECK(road.outbox.queued() == 1);
  CHECK(road.dead().empty());
  road.city.rule(nullptr);
  CHECK(road.until_empty());
}

TEST_CASE("stall: an answer that drips for ever meets the whole timeout, however well it moves") {
  Road road;
  road.to.timeout = 150ms;
  road.options.stall = 1h;
  road.city.script({{204, "", {}, Manner::kTrickle}});
  road.put("a", 1);
  road.deliver();
  CHECK(road.said("the answer has stopped; keeping readings") == 1);
  CHECK(road.city.requests().size() == 2);
}

TEST_CASE("stall: a request that nobody reads is given up, however much of it was taken") {
  Road road;
  wait_only_for_stalls(road);
  // The kernel accepts for a listener that never does, as far as its small buffer goes.
  net::io_context io;
  tcp::acceptor deaf(io);
  deaf.open(tcp::v4());
  deaf.set_option(net::socket_base::receive_buffer_size(4096));
  deaf.bind({net::ip::address_v4::loopback(), 0});
  deaf.listen();
  road.to.url = "http://127.0.0.1:" + std::to_string(deaf.local_endpoint().port());
  road.to.max_bytes = std::size_t{32} << 20;
  road.put("a", 1, std::size_t{16} << 20);  // more than any send buffer
  road.start();
  REQUIRE(road.until_said("the request was not read to its end; keeping readings"));
  CHECK(road.outbox.queued() == 1);
  CHECK(road.dead().empty());
}

TEST_CASE("F28: between two tries of a broker in trouble there is the whole back-off") {
  Road road;
  road.options.back_off_base = road.options.back_off_cap = 1h;
  road.city.script({{503, "", {}}});
  road.put("a");
  road.start();
  REQUIRE(road.until_said("503 Service Unavailable; keeping readings, next try in 60 min"));
  CHECK_FALSE(road.until_requests(2, 60ms));
}

}  // namespace lamppost
