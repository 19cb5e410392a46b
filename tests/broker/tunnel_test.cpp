// SPDX-License-Identifier: Apache-2.0
// HTTPS through an HTTP proxy: the proxy opens a tunnel and learns the broker's name, nothing more.
#include "broker/secure.h"
#include "support/connect_proxy.h"

namespace lamppost {
namespace {

// A broker called city.example that only the proxy can find.
struct Tunnelled : Road {
  explicit Tunnelled(const std::string& certificate = "stranger")
      : Road(https(certificate)), proxy(city.port()) {
    to.url = "https://city.example";
    to.proxy = "http://" + proxy.address();
    to.tls.ca_file = certificates().file("ca.pem");
    to.min_tls = "1.2";
  }
  ConnectProxy proxy;
};

}  // namespace

TEST_CASE("tunnel: one CONNECT carries many requests, and the proxy reads none of them") {
  Tunnelled road;
  road.to.auth = fixed_header("X-Auth-Token", "secret");
  road.put("a", 1);
  road.deliver();
  road.put("a", 2);
  REQUIRE(road.until_empty());
  CHECK(road.lines.empty());
  CHECK(road.proxy.heads() ==
        Strings{"CONNECT city.example:443 HTTP/1.1\r\nHost: city.example:443\r\n\r\n"});
  const auto requests = road.city.requests();
  REQUIRE(requests.size() == 2);
  for (const auto& request : requests) {
    CHECK(request.connection == 1);
    CHECK(request.target == "/ngsi-ld/v1/entityOperations/upsert?options=update");
    CHECK(request.header("Host") == "city.example");
    CHECK(request.header("Proxy-Authorization").empty());
  }
  const std::string carried = road.proxy.carried();
  CHECK(carried.size() > 500);
  for (const char* word : {"ngsi-ld", "secret", "HTTP/1.1"})
    CHECK(carried.find(word) == std::string::npos);
}

TEST_CASE("tunnel: user and password are for the proxy alone") {
  Tunnelled road;
  road.to.proxy = "http://aladdin:open%20sesame@" + road.proxy.address();
  road.put("a");
  road.deliver();
  REQUIRE(road.proxy.heads().size() == 1);
  // aladdin:open sesame
  CHECK(road.proxy.heads()[0].find(
            "\r\nProxy-Authorization: Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n") !=
        std::string::npos);
  CHECK(road.city.requests().at(0).header("Proxy-Authorization").empty());
}

TEST_CASE("tunnel: the certificate must be the broker's, not that of where the tunnel ends") {
  // Good for localhost and 127.0.0.1, which is the proxy's own address.
  Tunnelled("server").check_kept("the certificate of city.example is refused: hostname");
}

TEST_CASE("tunnel: after it has broken the row goes through the next one") {
  Tunnelled road;
  road.city.script({{204, "", {}, Manner::kCloseInsideBody}});
  road.put("a", 1);
  road.deliver();
  CHECK(road.proxy.heads().size() == 2);
  CHECK(road.city.requests().size() == 2);
  CHECK(road.dead().empty());
}

TEST_CASE(
    "tunnel: a proxy that closes, refuses, or speaks for the broker is named; nothing leaves") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "connection closed before an answer"},
      {"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", "407 Proxy Authentication Required"},
      {"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n", "it answers 502"},
      {"HTTP/1.1 200 Open\r\n\r\nwelcome", "talks before TLS has begun"},
      {"SSH-2.0-x\r\n\r\n", "the answer is no HTTP"},
  };
  for (const auto& [answer, words] : cases) {
    CAPTURE(words);
    Tunnelled road;
    road.proxy.answer(answer);
    road.check_kept("proxy http://" + road.proxy.address() + ": " + words);
    CHECK(road.proxy.carried().empty());
    road.proxy.answer("HTTP/1.1 200 Open\r\n\r\n");
    CHECK(road.until_empty());
  }
}

}  // namespace lamppost
