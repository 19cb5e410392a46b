// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/wire.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>

using lamppost::mqtt::Inlet;
using lamppost::mqtt::Wire;

namespace {

// Of a topic of one letter; the payload is `size` times the letter x (MQTT 5.0, 3.3).
std::string publish(int qos, std::size_t size = 10) {
  std::string body("\0\x01t", 3);
  if (qos > 0) body += std::string("\0\x07", 2);
  body += std::string(1, '\0') + std::string(size, 'x');
  std::string packet(1, static_cast<char>(0x30 | qos << 1));
  for (auto left = body.size(); left > 0; left >>= 7)
    packet += static_cast<char>((left & 0x7F) | (left > 0x7F ? 0x80 : 0));
  return packet + body;
}

const std::string kPingAnswer("\xd0\0", 2);

// Both ends of a TCP connection over loopback.
class Connection {
 public:
  Connection() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(bind(listener, generic, size) == 0);
    REQUIRE(listen(listener, 1) == 0);
    REQUIRE(getsockname(listener, generic, &size) == 0);
    wire_.emplace(ntohs(address.sin_port));
    ours_ = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(connect(ours_, generic, size) == 0);
    theirs_ = accept(listener, nullptr, nullptr);
    REQUIRE(theirs_ >= 0);
    close(listener);
    REQUIRE(wire_->find());
    REQUIRE(fcntl(ours_, F_SETFL, O_NONBLOCK) == 0);
  }
  ~Connection() {
    close(ours_);
    close(theirs_);
  }

  Wire& wire() { return *wire_; }
  // Returns when the bytes have come.
  void they_send(const std::string& bytes) const {
    REQUIRE(send(theirs_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    pollfd readable{ours_, POLLIN, 0};
    REQUIRE(poll(&readable, 1, 10'000) == 1);
  }
  // "" when there is nothing for it.
  std::string paho_reads(std::size_t size) const {
    std::string bytes(size, '\0');
    const auto got = recv(ours_, bytes.data(), size, 0);
    if (got < 0) REQUIRE(errno == EAGAIN);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }
  int descriptor() const { return ours_; }
  std::string they_got() const {
    char bytes[4096];
    const auto size = recv(theirs_, bytes, sizeof bytes, MSG_DONTWAIT);
    return {bytes, size < 0 ? 0 : static_cast<std::size_t>(size)};
  }

 private:
  std::optional<Wire> wire_;
  int ours_ = -1, theirs_ = -1;
};

}  // namespace

TEST_CASE("inlet: whole readings at the front never reach Paho") {
  Connection connection;
  const auto one = publish(1), other = publish(0, 300);
  std::string offered;
  connection.wire().divert([&](std::string_view ahead) {
    offered = ahead;
    return Inlet::Taken{one.size() + other.size(), 2};
  });
  connection.they_send(one + other + kPingAnswer);
  CHECK(connection.paho_reads(1) == "");
  CHECK(offered == one + other + kPingAnswer);
}

TEST_CASE("inlet: what is not taken reaches Paho as it came") {
  Connection connection;
  const auto two = publish(2, 300);
  std::size_t offers = 0;
  connection.wire().divert([&](std::string_view ahead) {
    ++offers;
    return ahead.starts_with('\x32') ? Inlet::Taken{publish(1).size(), 1} : Inlet::Taken{};
  });
  connection.they_send(kPingAnswer + two + publish(1) + kPingAnswer);
  CHECK(connection.paho_reads(1) == kPingAnswer.substr(0, 1));
  CHECK(connection.paho_reads(1) == kPingAnswer.substr(1));
  CHECK(offers == 1);  // not between the two bytes of a packet
  CHECK(connection.paho_reads(1) == two.substr(0, 1));
  CHECK(connection.paho_reads(1) == two.substr(1, 1));
  CHECK(connection.paho_reads(1) == two.substr(2, 1));
  CHECK(connection.paho_reads(200) == two.substr(3, 200));
  CHECK(offers == 2);
  CHECK(connection.paho_reads(two.size() - 203) == two.substr(203));
  CHECK(connection.paho_reads(1) == "");
  CHECK(offers == 3);
  CHECK(connection.paho_reads(2) == kPingAnswer);
  CHECK(offers == 4);
}

TEST_CASE("inlet: Paho gets the rest of a packet that it has begun") {
  Connection connection;
  std::string offered;
  connection.wire().divert([&](std::string_view ahead) {
    offered = ahead;
    return ahead.size() == 2 * publish(1).size() ? Inlet::Taken{ahead.size(), 2} : Inlet::Taken{};
  });
  const auto packet = publish(1);
  connection.they_send(packet.substr(0, 4));
  CHECK(connection.paho_reads(4) == packet.substr(0, 4));
  connection.they_send(packet.substr(4) + publish(1) + publish(1));
  CHECK(connection.paho_reads(packet.size() - 4) == packet.substr(4));
  CHECK(offered == packet.substr(0, 4));
  CHECK(connection.paho_reads(1) == "");
  CHECK(offered == publish(1) + publish(1));
}

TEST_CASE("inlet: a descriptor that was given out again is not ours") {
  int before = -1;
  {
    Connection gone;
    before = gone.descriptor();
  }
  Connection connection;
  REQUIRE(connection.descriptor() == before);
  const Inlet stale(before, 1, [](std::string_view ahead) {
    return Inlet::Taken{ahead.size(), 1};
  });
  connection.they_send(publish(1));
  CHECK(connection.paho_reads(1) == "\x32");
}

TEST_CASE("wire: what is sent arrives, and a connection that takes no more is told of") {
  Connection connection;
  CHECK(connection.wire().send("\x40\x02\x01\x02"));
  CHECK(connection.they_got() == "\x40\x02\x01\x02");
  connection.wire().cut();
  CHECK_FALSE(connection.wire().send("\x40\x02\x01\x03"));
}
