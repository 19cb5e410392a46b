// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/wire.h"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace lamppost::mqtt {
namespace {

// Descriptors are handed out lowest first, so a gateway's sockets are far below this.
constexpr rlim_t kMostDescriptors = 65'536;

int descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return static_cast<int>(std::min(limit.rlim_cur, kMostDescriptors));
}

// An integer option of a socket, 0 when `descriptor` is none.
template <typename T>
T option(int descriptor, int name) {
  T value{};
  socklen_t size = sizeof value;
  return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : T{};
}

std::uint64_t cookie_of(int descriptor) { return option<std::uint64_t>(descriptor, SO_COOKIE); }

// Port of the TCP peer, 0 when this is no connected TCP socket.
std::uint16_t peer_port(int descriptor) {
  if (option<int>(descriptor, SO_TYPE) != SOCK_STREAM) return 0;
  sockaddr_storage peer{};
  socklen_t length = sizeof peer;
  if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &length) != 0) return 0;
  if (peer.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &peer, sizeof v4);
    return ntohs(v4.sin_port);
  }
  if (peer.ss_family != AF_INET6) return 0;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &peer, sizeof v6);
  return ntohs(v6.sin6_port);
}

constexpr std::size_t kLookAhead = std::size_t{16} << 10;

// Size of the packet at the beginning, 0 when it is not all there (MQTT 5.0, 2.1.4: the remaining
// length in seven bits a byte, four bytes at most).
std::size_t packet_size(std::string_view bytes) {
  std::size_t remaining = 0;
  for (std::size_t at = 1; at < 5 && at < bytes.size(); ++at) {
    const auto digit = static_cast<unsigned char>(bytes[at]);
    remaining |= std::size_t{digit & 0x7FU} << (7 * (at - 1));
    if (digit >= 0x80) continue;
    const auto size = at + 1 + remaining;
    return size <= bytes.size() ? size : 0;
  }
  return 0;
}

// How many complete PUBLISH packets of QoS 1 it begins with.
std::size_t publishes_in(std::string_view bytes) {
  constexpr unsigned kTypeAndQos = 0xF6, kPublishQos1 = 0x32;
  std::size_t count = 0;
  while (!bytes.empty() && (static_cast<unsigned char>(bytes[0]) & kTypeAndQos) == kPublishQos1) {
    const auto size = packet_size(bytes);
    if (size == 0) break;
    bytes.remove_prefix(size);
    ++count;
  }
  return count;
}

}  // namespace

std::vector<Wire::Socket> Wire::connected(std::uint16_t port) {
  std::vector<Socket> found;
  const int limit = descriptor_limit();
  for (int descriptor = 0; descriptor < limit; ++descriptor) {
    const std::uint16_t peer = peer_port(descriptor);
    if (peer != 0 && (port == 0 || peer == port))
      found.push_back({descriptor, cookie_of(descriptor)});
  }
  return found;
}

Wire::Wire(std::uint16_t port) : port_(port) {
  for (const Socket& socket : connected(port)) before_.insert(socket.cookie);
}

bool Wire::find() {
  ours_ = connected(port_);
  std::erase_if(ours_, [this](const Socket& socket) { return before_.count(socket.cookie) > 0; });
  following_ = 0;
  pubacks_.reset();
  if (ours_.size() == 1) pubacks_.emplace(ours_.front().descriptor);
  return !ours_.empty();
}

bool Wire::publish_follows() {
  if (following_ > 0) --following_;
  if (following_ > 0) return true;
  if (ours_.size() != 1) return false;
  char ahead[kLookAhead];
  const auto size = recv(ours_.front().descriptor, ahead, sizeof ahead, MSG_PEEK | MSG_DONTWAIT);
  if (size > 0) following_ = publishes_in({ahead, static_cast<std::size_t>(size)});
  return following_ > 0;
}

void Wire::cut() {
  for (const Socket& socket : ours_.empty() ? connected(0) : ours_) {
    if (cookie_of(socket.descriptor) == socket.cookie) shutdown(socket.descriptor, SHUT_RDWR);
  }
}

}  // namespace lamppost::mqtt
