// SPDX-License-Identifier: Apache-2.0
// Addresses to listen on: coap://HOST[:PORT] (RFC 7252, 6.1) with a numeric host.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace lamppost::coap {

struct ListenAddress {
  sockaddr_storage socket{};
  socklen_t size = 0;
  std::string text;  // as written, for messages: "coap://[::]:5683"

  std::uint16_t port() const;
  void set_port(std::uint16_t port);
  std::string host_and_port() const;  // "[::]:5683", "127.0.0.1:5683"
};

// Port 5683 when none is written. Throws ConfigError, which names `source`.
ListenAddress parse_listen(const std::string& source, const std::string& url);

// Makes sure that nobody else listens there, and fills in a free port where 0 was asked for.
// libcoap binds with SO_REUSEADDR, which on Linux lets two servers share a UDP port in silence, one
// of them deaf. Throws ConfigError.
void claim(const std::string& source, ListenAddress& address);

}  // namespace lamppost::coap
