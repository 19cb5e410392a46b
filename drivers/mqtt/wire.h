// SPDX-License-Identifier: Apache-2.0
// The TCP socket under a Paho client, which Paho does not show. Cutting it from inside the message
// callback is the only way to keep Paho from acknowledging what we could not store: it writes the
// PUBACK or PUBREC right after the callback returns, whatever the callback says
// (docs/decisions/0003-mqtt-acknowledgement.md).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "drivers/mqtt/pubacks.h"

namespace lamppost::mqtt {

// Not thread-safe: made before the connection, used on Paho's thread afterwards.
class Wire {
 public:
  // Remembers the process's connections to this port that exist before ours.
  explicit Wire(std::uint16_t port);

  // Called when the connection stands. Two sources that connect to one broker in the same instant
  // may each see both sockets; cutting both is safe, the other source comes back by itself.
  // False: ours is not to be seen (a proxy?).
  bool find();

  // The next packet lies in the socket, complete, and it is a PUBLISH of QoS 1: Paho will call back
  // again without waiting for the network. Call it once in every message callback. False over TLS,
  // where what lies in the socket cannot be read.
  bool publish_follows();

  // nullptr when we are not sure which socket is ours.
  Pubacks* pubacks() { return pubacks_ ? &*pubacks_ : nullptr; }

  // shutdown(2): nothing written from now on leaves. The descriptor stays Paho's to close. When
  // find() failed, every TCP connection of the process goes: all of them can reconnect, a reading
  // that was acknowledged and lost cannot come back. Call it on Paho's thread inside a callback,
  // where Paho's lock keeps the descriptor from being closed and used anew.
  void cut();

 private:
  struct Socket {
    int descriptor;
    std::uint64_t cookie;  // the kernel's name for the socket, never used again
  };
  static std::vector<Socket> connected(std::uint16_t port);  // 0: to any port

  std::uint16_t port_;
  std::set<std::uint64_t> before_;
  std::vector<Socket> ours_;
  std::optional<Pubacks> pubacks_;
  std::size_t following_ = 0;  // packets that publish_follows() has seen ahead
};

}  // namespace lamppost::mqtt
