// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/wire.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <limits>
#include <optional>
#include <string>

using lamppost::mqtt::Wire;

namespace {

constexpr auto kAnyPacket = std::numeric_limits<std::size_t>::max();

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
  bool corked() const {
    int cork = 0;
    socklen_t size = sizeof cork;
    REQUIRE(getsockopt(ours_, IPPROTO_TCP, TCP_CORK, &cork, &size) == 0);
    return cork != 0;
  }

 private:
  std::optional<Wire> wire_;
  int ours_ = -1, theirs_ = -1;
};

}  // namespace

TEST_CASE("wire: acknowledgements wait for each other only while more packets are there") {
  Connection connection;
  connection.they_send("first second third");
  connection.we_read(6);
  connection.wire().gather(kAnyPacket);
  CHECK(connection.corked());
  connection.we_read(7);
  connection.wire().gather(kAnyPacket);
  CHECK(connection.corked());
  connection.we_read(5);
  connection.wire().gather(kAnyPacket);
  CHECK_FALSE(connection.corked());
}

TEST_CASE("wire: a message that comes alone is acknowledged at once") {
  Connection connection;
  connection.they_send("only");
  connection.we_read(4);
  connection.wire().gather(4);
  CHECK_FALSE(connection.corked());
}

TEST_CASE(
    "wire: packets that are smaller than said do not leave the last acknowledgement waiting") {
  Connection connection;
  connection.they_send(std::string(100, 'x'));
  for (int n = 0; n < 10; ++n) {
    connection.we_read(10);
    connection.wire().gather(13);
    CHECK(connection.corked() == (n < 9));
  }
}
