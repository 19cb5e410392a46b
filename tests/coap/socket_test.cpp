// SPDX-License-Identifier: Apache-2.0
// Where the source listens, how it starts and stops, and what its socket can hold.
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "coap/server.h"
#include "core/finding.h"
#include "drivers/coap/coap_source.h"
#include "support/coap_client.h"
#include "support/emulated.h"

using namespace lamppost;
using namespace lamppost::coap;
using namespace std::chrono_literals;

namespace {

// Loopback is no network of groups, except to the group of all systems (RFC 1112, 4).
void send_to_all_systems(int port, const std::string& datagram) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  in_addr loopback{htonl(INADDR_LOOPBACK)};
  REQUIRE(::setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback) == 0);
  sockaddr_in group{};
  group.sin_family = AF_INET;
  group.sin_port = htons(static_cast<std::uint16_t>(port));
  group.sin_addr.s_addr = htonl(INADDR_ALLHOSTS_GROUP);
  CHECK(::sendto(fd, datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&group),
                 sizeof group) == static_cast<ssize_t>(datagram.size()));
  ::close(fd);
}

int largest_receive_buffer() {
  int bytes = 0;
  std::ifstream("/proc/sys/net/core/rmem_max") >> bytes;
  return bytes;
}

}  // namespace

TEST_CASE("coap: the state says what it listens on, and it can start again after a stop") {
  Server server;
  const auto where = "127.0.0.1:" + std::to_string(server.source.port());
  CHECK(server.source.state().connected);
  CHECK(server.source.state().detail == "listening on " + where);
  server.source.stop();
  CHECK_FALSE(server.source.state().connected);
  CHECK(server.source.state().detail == "stopped");
  server.source.stop();  // twice is once
  server.source.start();
  CoapClient client(server.source.port());
  CHECK(client.post("weather", "1") == "2.04");
}

TEST_CASE("coap: two addresses, IPv6 among them, are one source") {
  auto options = test_options();
  options.listen = {"coap://[::1]:0", "coap://127.0.0.1:0"};
  Server server(options);
  CoapClient client(server.source.port(), "::1");
  CHECK(client.post("weather", "1") == "2.04");
  const auto detail = server.source.state().detail;
  const auto second = detail.rfind(':') + 1;
  CoapClient other(std::stoi(detail.substr(second)));
  CHECK(other.post("weather", "2") == "2.04");
  CHECK(server.notebook.readings().size() == 2);
}

TEST_CASE("coap: the unspecified IPv6 address takes IPv4 as well") {
  auto options = test_options();
  options.listen = {"coap://[::]:0"};
  Server server(options);
  CoapClient four(server.source.port(), "127.0.0.1"), six(server.source.port(), "::1");
  CHECK(four.post("weather", "4") == "2.04");
  CHECK(six.post("weather", "6") == "2.04");
}

TEST_CASE("coap: an address in use is a start-up error that names source, address and reason") {
  Server server;
  auto options = test_options();
  options.listen = {"coap://127.0.0.1:" + std::to_string(server.source.port())};
  CHECK_THROWS_WITH_AS(
      Server{options},
      ("coap source \"field\": cannot listen on " + options.listen[0] + ": Address already in use")
          .c_str(),
      ConfigError);
  options.listen = {};
  CHECK_THROWS_WITH_AS(Server{options}, "coap source \"field\": there is no address to listen on",
                       ConfigError);
  options.listen = {"coap://192.0.2.77:5683"};
  CHECK_THROWS_WITH_AS(
      Server{options},
      "coap source \"field\": cannot listen on coap://192.0.2.77:5683: Cannot assign requested "
      "address",
      ConfigError);
}

TEST_CASE("coap: stop is prompt, also under load, and frees the port") {
  auto options = test_options();
  for (int round = 0; round < 5; ++round) {
    Server server(options);
    options.listen = {"coap://127.0.0.1:" + std::to_string(server.source.port())};
    CoapClient client(server.source.port());
    for (int i = 0; i < 200; ++i) client.send(coap_post("weather", std::to_string(i)));
    const auto begin = std::chrono::steady_clock::now();
    server.source.stop();
    CHECK(std::chrono::steady_clock::now() - begin < 1s);
  }
}

TEST_CASE("coap: a reading sent to a group of gateways arrives") {
  if (emulated()) {
    MESSAGE("skipped: qemu-user has no IP_MULTICAST_IF");
    return;
  }
  auto options = test_options();
  options.listen = {"coap://0.0.0.0:0"};
  Server server(options);
  auto request = coap_post("weather", "1");
  request.type = CoapMessage::kNon;
  send_to_all_systems(server.source.port(), encode(request));
  CHECK(server.notebook.wait_for(1));
}

TEST_CASE("coap: a burst of a thousand senders waits in the socket while a reading is stored") {
  if (largest_receive_buffer() < (2 << 20)) {
    MESSAGE("net.core.rmem_max is too small here for a burst of a thousand datagrams");
    return;
  }
  HeldUpSource server;
  std::vector<std::unique_ptr<CoapClient>> sensors;
  for (int i = 0; i < 100; ++i)
    sensors.push_back(std::make_unique<CoapClient>(server.source.port()));
  auto request = coap_post("weather", "1");
  request.type = CoapMessage::kNon;
  for (int round = 0; round < 10; ++round) {
    ++request.message_id;
    for (auto& sensor : sensors) sensor->send(request);
  }
  server.let_go();
  CHECK(server.notebook.wait_for(1000));
}
