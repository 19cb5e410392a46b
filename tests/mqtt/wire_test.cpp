// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/wire.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <optional>
#include <string>

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

std::string puback(char id) { return std::string("\x40\x02\0", 3) + id; }

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
  void we_read(std::size_t size) const {
    std::string bytes(size, '\0');
    REQUIRE(recv(ours_, bytes.data(), size, MSG_WAITALL) == static_cast<ssize_t>(size));
  }
  // As Paho writes it: two parts.
  ssize_t paho_writes(const std::string& packet) const {
    iovec parts[] = {{const_cast<char*>(packet.data()), 2},
                     {const_cast<char*>(packet.data()) + 2, packet.size() - 2}};
    return writev(ours_, parts, 2);
  }
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

TEST_CASE("wire: a PUBLISH of QoS 1 follows when all of it lies in the socket") {
  Connection connection;
  auto& wire = connection.wire();
  connection.they_send(publish(1) + publish(1) + publish(1));
  connection.we_read(publish(1).size());
  CHECK(wire.publish_follows());
  connection.we_read(publish(1).size());
  CHECK(wire.publish_follows());
  connection.we_read(publish(1).size());
  CHECK_FALSE(wire.publish_follows());
}

TEST_CASE("wire: nothing else counts as following") {
  std::string next;
  SUBCASE("QoS 0") { next = publish(0) + publish(1); }
  SUBCASE("QoS 2") { next = publish(2) + publish(1); }
  SUBCASE("a ping") { next = std::string("\xd0\0", 2) + publish(1); }
  SUBCASE("a part of one") { next = publish(1).substr(0, publish(1).size() - 1); }
  SUBCASE("a part of its length") { next = "\x32\xff\xff"; }
  SUBCASE("a length of five bytes") { next = "\x32\xff\xff\xff\xff\x01 and more"; }
  Connection connection;
  connection.they_send("x" + next);
  connection.we_read(1);
  CHECK_FALSE(connection.wire().publish_follows());
}

TEST_CASE("wire: a long PUBLISH has a length of several bytes") {
  Connection connection;
  connection.they_send(publish(1, 300) + publish(1));
  CHECK(connection.wire().publish_follows());
  connection.we_read(publish(1, 300).size());
  CHECK(connection.wire().publish_follows());
  connection.we_read(publish(1).size());
  CHECK_FALSE(connection.wire().publish_follows());
}

TEST_CASE("pubacks: they wait while they are told to, and leave in order") {
  Connection connection;
  auto& pubacks = *connection.wire().pubacks();
  CHECK_FALSE(pubacks.seen());
  CHECK(connection.paho_writes(puback(1)) == 4);
  CHECK(pubacks.seen());
  CHECK(connection.they_got() == puback(1));
  pubacks.hold();
  for (char id = 2; id < 6; ++id) CHECK(connection.paho_writes(puback(id)) == 4);
  CHECK(pubacks.held() == 4);
  CHECK(connection.they_got().empty());
  SUBCASE("all") {
    CHECK(pubacks.release(4));
    CHECK(connection.they_got() == puback(2) + puback(3) + puback(4) + puback(5));
  }
  SUBCASE("the first of them; the others never do") {
    CHECK(pubacks.release(2));
    CHECK(connection.they_got() == puback(2) + puback(3));
    CHECK(pubacks.release(2));
    CHECK(connection.they_got().empty());
  }
  CHECK(connection.paho_writes(puback(9)) == 4);
  CHECK(connection.they_got() == puback(9));
}

TEST_CASE("pubacks: what is no PUBACK does not wait") {
  Connection connection;
  connection.wire().pubacks()->hold();
  const std::string ping("\xc0\0", 2), pubrec("\x50\x02\0\x01", 4);
  CHECK(connection.paho_writes(ping) == 2);
  CHECK(connection.paho_writes(pubrec) == 4);
  CHECK(connection.they_got() == ping + pubrec);
  CHECK_FALSE(connection.wire().pubacks()->seen());
}

TEST_CASE("pubacks: a connection that takes them no more is told of") {
  Connection connection;
  auto& pubacks = *connection.wire().pubacks();
  pubacks.hold();
  CHECK(connection.paho_writes(puback(1)) == 4);
  connection.wire().cut();
  CHECK_FALSE(pubacks.release(1));
}
