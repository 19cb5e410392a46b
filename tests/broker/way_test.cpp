// SPDX-License-Identifier: Apache-2.0
// The way to a server: addresses that race, proxies, and connections that stand still.
#include <atomic>
#include <map>
#include <thread>

#include "broker/connection.h"
#include "broker/dial.h"
#include "broker/proxy.h"
#include "broker/road.h"

// After the others, which bring what Boost 1.74 forgets to include.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace lamppost {
namespace {

namespace net = boost::asio;
using broker::Endpoints;
using net::ip::tcp;

tcp::endpoint at(const char* address, unsigned short port = 1) {
  return {net::ip::make_address(address), port};
}

std::string proxy_of(const std::string& url, std::map<std::string, std::string> variables,
                     const std::string& configured = "") {
  const auto proxy = broker::proxy_for(*broker::parse_url(url), configured,
                                       [&](const std::string& name) { return variables[name]; });
  return proxy ? proxy->name() + " " + proxy->authorization : "";
}

}  // namespace

TEST_CASE("addresses: the families take turns, the resolver's first stays first") {
  CHECK(broker::interleaved({at("::1"), at("::2"), at("::3"), at("127.0.0.1"), at("127.0.0.2")}) ==
        Endpoints{at("::1"), at("127.0.0.1"), at("::2"), at("127.0.0.2"), at("::3")});
  CHECK(broker::interleaved({}).empty());
}

TEST_CASE("addresses: one that never answers or refuses costs a moment, not the connection") {
  FakeBroker city;
  net::io_context io;
  // On Linux a full backlog leaves further connections unanswered.
  tcp::acceptor full(io, at("127.0.0.1", 0));
  full.listen(0);
  tcp::socket first(io), second(io);
  first.connect(full.local_endpoint());
  second.async_connect(full.local_endpoint(), [](const boost::system::error_code&) {});
  const auto port = static_cast<unsigned short>(city.port());
  broker::Dial dial(io);
  const Endpoints targets = {full.local_endpoint(), at("127.0.0.2"), at("127.0.0.1", port)};
  std::string fault;
  std::optional<tcp::endpoint> reached;
  const auto begin = std::chrono::steady_clock::now();
  net::co_spawn(
      io,
      [&]() -> net::awaitable<void> {
        auto socket = co_await dial.race(targets, fault);
        if (socket) reached = socket->remote_endpoint();
        second.close();
      },
      net::detached);
  io.run();
  CHECK(fault == "");
  CHECK(reached == at("127.0.0.1", port));
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE(
    "F27: a kept connection on which the peer talks unasked or takes leave is not used again") {
  net::io_context io;
  tcp::acceptor acceptor(io, at("127.0.0.1", 0));
  for (const bool talks : {true, false}) {
    tcp::socket client(io);
    client.connect(acceptor.local_endpoint());
    tcp::socket peer = acceptor.accept();
    broker::Connection connection(std::move(client));
    CHECK(connection.looks_alive());
    if (talks)
      peer.send(net::buffer("HTTP/1.1 408 Too slow\r\n\r\n", 25));
    else
      peer.close();
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (connection.looks_alive() && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    CHECK_FALSE(connection.looks_alive());
  }
}

TEST_CASE("F27: what follows an answer is not taken for the next one") {
  Road road;
  // As servers do that write a body with 204, or lose count.
  road.city.script({{204, "HTTP/1.1 400 Stale\r\nContent-Length: 0\r\n\r\n", {}}});
  road.put("a", 1);
  road.deliver();
  road.put("a", 2);
  REQUIRE(road.until_empty());
  CHECK(road.lines.empty());
  CHECK(road.dead().empty());
  CHECK(road.city.requests().back().connection == 2);
  CHECK(road.city.entities().at(urn("a"))["n"]["value"] == 2);
}

TEST_CASE("proxy: the configuration first, then the environment with its exceptions") {
  const std::map<std::string, std::string> both = {{"HTTP_PROXY", "http://p:3128/"},
                                                   {"https_proxy", "u%40x:pw@q:8080"}};
  CHECK(proxy_of("http://b", both) == "proxy http://p:3128 ");
  CHECK(proxy_of("https://b", both) ==
        "proxy http://q:8080 Proxy-Authorization: Basic dUB4OnB3\r\n");
  CHECK(proxy_of("http://b", both, "http://own:1") == "proxy http://own:1 ");
  CHECK(proxy_of("http://127.0.0.1", both) == "");
  CHECK(proxy_of("http://[::1]:1026", both) == "");
  CHECK(proxy_of("http://localhost", both) == "");
  CHECK(proxy_of("http://b", {}) == "");
  for (const char* exception : {"*", "a,city.example", ".city.example", "b.CITY.example"}) {
    auto with = both;
    with["NO_PROXY"] = exception;
    CHECK(proxy_of("http://b.city.example", with) == "");
    CHECK((proxy_of("http://b.xcity.example", with) == "") == (std::string(exception) == "*"));
  }
  CHECK_THROWS_AS(proxy_of("http://b", {{"HTTP_PROXY", "socks5://p"}}), ConfigError);
}

TEST_CASE("proxy: plain requests go to it with the whole URL, and its 407 is explained") {
  Road road;
  road.to.url = "http://broker.invalid:1026/base";
  road.to.proxy = road.city.url();
  road.city.script({{407, "", {}}});
  road.put("a");
  road.start();
  REQUIRE(road.until_said("proxy " + road.city.url() + ": 407 Proxy Authentication Required; "));
  REQUIRE(road.until_empty());
  const auto request = road.city.requests().at(1);
  CHECK(request.target ==
        "http://broker.invalid:1026/base/ngsi-ld/v1/entityOperations/upsert?options=update");
  CHECK(request.header("Host") == "broker.invalid:1026");
}

TEST_CASE("proxy: https asks it for a tunnel, and what it refuses is named") {
  Road road;
  road.to.url = "https://broker.invalid";
  road.to.proxy = road.city.url();
  std::atomic<bool> asked = false;
  road.city.rule([&](const SeenRequest& request) -> std::optional<Reply> {
    asked = request.method == "CONNECT" && request.target == "broker.invalid:443";
    return Reply{403, "", {}};
  });
  road.put("a");
  road.start();
  REQUIRE(road.until_said("proxy " + road.city.url() + ": it answers 403"));
  CHECK(asked);
}

}  // namespace lamppost
