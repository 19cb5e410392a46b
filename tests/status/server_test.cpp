// SPDX-License-Identifier: Apache-2.0
#include "status/server.h"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <vector>

#include "core/json.h"
#include "status/running_server.h"

using namespace lamppost;
using namespace lamppost::status;

namespace {

std::string status_line(const std::string& answer) { return answer.substr(0, answer.find('\r')); }

std::string body(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

}  // namespace

TEST_CASE("server: GET, HEAD and POST reach the handler, with the body") {
  OnTcp on;
  const auto get = on.exchange("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(status_line(get) == "HTTP/1.1 200 OK");
  CHECK(body(get) == "GET /a?b=c  tcp");
  CHECK(get.find("Connection: close\r\n") != std::string::npos);
  const auto post = on.exchange("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  CHECK(body(post) == "POST /p hello tcp");
  const auto head = on.exchange("HEAD /h HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(status_line(head) == "HTTP/1.1 200 OK");
  CHECK(head.find("Content-Length: 12\r\n") != std::string::npos);
  CHECK(body(head) == "");
}

TEST_CASE("server: a request may come byte by byte") {
  OnTcp on;
  auto socket = on.connect();
  socket.set_option(tcp::no_delay(true));
  for (const char c : std::string("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"))
    net::write(socket, net::buffer(&c, 1));
  CHECK(body(Running::read_all(socket)) == "GET /slow  tcp");
}

TEST_CASE("server: other methods, garbage and too much of anything are told so as JSON") {
  OnTcp on;
  const auto check = [&](const std::string& bytes, const char* line, const char* text) {
    const auto answer = on.exchange(bytes);
    CHECK(status_line(answer) == line);
    CHECK(body(answer).find(text) != std::string::npos);
    CHECK(Json::parse(body(answer), nullptr, false).contains("error"));
  };
  check("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405 Method Not Allowed", "use GET");
  check("\x16\x03\x01\x02\x00\x01\x00 this is TLS\r\n\r\n", "HTTP/1.1 400 Bad Request", "no HTTP");
  check("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 400 Bad Request", "no HTTP");
  check("GET / HTTP/1.1\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n",
        "HTTP/1.1 431 Request Header Fields Too Large", "header");
  check("GET / HTTP/1.1\r\nX: " + std::string(300'000, 'x'),
        "HTTP/1.1 431 Request Header Fields Too Large", "header");
  check("POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", "HTTP/1.1 413 Payload Too Large",
        "body");
  check("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5000\r\n" + std::string(0x5000, 'x') +
            "\r\n0\r\n\r\n",
        "HTTP/1.1 413 Payload Too Large", "body");
  check("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 500 Internal Server Error",
        "handler fault");
  CHECK(body(on.exchange("GET /still HTTP/1.1\r\nHost: x\r\n\r\n")) == "GET /still  tcp");
}

TEST_CASE("server: a client that says nothing, or half, is cut after its time") {
  Limits limits;
  limits.time = std::chrono::milliseconds(50);
  OnTcp on(limits);
  auto silent = on.connect();
  auto half = on.connect();
  net::write(half, net::buffer(std::string("GET / HTTP/1.1\r\nHo")));
  CHECK(Running::read_all(silent) == "");
  CHECK(Running::read_all(half) == "");
}

TEST_CASE("server: a client that leaves half-way harms nobody") {
  OnTcp on;
  for (int i = 0; i < 50; ++i) {
    auto socket = on.connect();
    net::write(socket, net::buffer(std::string("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab")));
  }
  CHECK(body(on.exchange("GET /after HTTP/1.1\r\nHost: x\r\n\r\n")) == "GET /after  tcp");
}

TEST_CASE("server: the 17th connection waits until one of the sixteen ends") {
  std::atomic<int> answered{0};
  OnTcp on({}, [&](const Request& request) {
    ++answered;
    return echo(request);
  });
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  std::vector<tcp::socket> sixteen;
  for (int i = 0; i < 16; ++i) {
    sixteen.push_back(on.connect());  // half a request proves nothing was refused
    net::write(sixteen.back(), net::buffer(request.substr(0, 10)));
  }
  auto waiting = on.connect();
  net::write(waiting, net::buffer(request));
  // The first of the sixteen is answered, so the server has worked since, but not on the 17th.
  net::write(sixteen[0], net::buffer(request.substr(10)));
  CHECK(status_line(Running::read_all(sixteen[0])) == "HTTP/1.1 200 OK");
  CHECK(status_line(Running::read_all(waiting)) == "HTTP/1.1 200 OK");
  CHECK(answered == 2);
}

TEST_CASE("server: with one place, connections are served strictly one after the other") {
  Limits limits;
  limits.connections = 1;
  limits.time = std::chrono::milliseconds(100);
  OnTcp on(limits);
  auto holder = on.connect();  // says nothing and holds the only place
  auto next = on.connect();
  net::write(next, net::buffer(std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
  const auto begun = std::chrono::steady_clock::now();
  CHECK(status_line(Running::read_all(next)) == "HTTP/1.1 200 OK");
  CHECK(std::chrono::steady_clock::now() - begun > std::chrono::milliseconds(50));
}

TEST_CASE("server: stop cuts what is under way and frees the address") {
  OnTcp on;
  const auto port = on.server.port();
  auto half = on.connect();
  net::write(half, net::buffer(std::string("GET /")));
  const auto begun = std::chrono::steady_clock::now();
  on.stop();
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));

  net::io_context io;
  Server next(io, echo, quiet);
  CHECK_NOTHROW(next.listen_tcp("127.0.0.1:" + std::to_string(port)));
  CHECK(next.port() == port);
}

TEST_CASE("server: an address that cannot be bound is refused with its reason") {
  net::io_context io;
  Server first(io, echo, quiet), second(io, echo, quiet);
  first.listen_tcp("localhost:0");
  const auto taken = "127.0.0.1:" + std::to_string(first.port());
  CHECK(config_error([&] { second.listen_tcp(taken); }) == taken + ": Address already in use");
  for (const char* wrong : {"", "9180", ":9180", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999",
                            "example.org:80", "[::1:80"}) {
    CAPTURE(wrong);
    CHECK(config_error([&] { second.listen_tcp(wrong); }).starts_with(wrong));
  }
  CHECK(second.port() == 0);
}
