// SPDX-License-Identifier: Apache-2.0
// The TCP socket under a Paho client, which Paho does not show. Cutting it from inside the message
// callback is the only way to keep Paho from acknowledging what we could not store: it writes the
// PUBACK or PUBREC right after the callback returns, whatever the callback says
// (docs/decisions/0003-mqtt-acknowledgement.md).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "drivers/mqtt/inlet.h"

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

  // From now on what comes is offered to `take` before Paho reads it. Not done when we are not sure
  // which socket is ours. Not for TLS, whose bytes mean nothing.
  void divert(Inlet::Take take);

  // Behind what Paho has written. False: the connection does not take it; a peer whose socket has
  // no room for some kilobytes of acknowledgements has stopped reading.
  bool send(std::string_view bytes) const;

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
  std::optional<Inlet> inlet_;
};

}  // namespace lamppost::mqtt
