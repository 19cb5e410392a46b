// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

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
  corked_ = false;
  unread_ = 0;
  return !ours_.empty();
}

void Wire::gather(std::size_t packet) {
  if (ours_.size() != 1) return;  // not sure which one
  unread_ -= std::min(unread_, packet);
  if (unread_ > 0) return;
  const int descriptor = ours_.front().descriptor;
  int unread = 0;
  if (ioctl(descriptor, FIONREAD, &unread) == 0) unread_ = static_cast<std::size_t>(unread);
  const bool more = unread_ > 0;
  if (more == corked_) return;
  const int cork = more ? 1 : 0;
  if (setsockopt(descriptor, IPPROTO_TCP, TCP_CORK, &cork, sizeof cork) == 0) corked_ = more;
}

void Wire::cut() {
  for (const Socket& socket : ours_.empty() ? connected(0) : ours_) {
    if (cookie_of(socket.descriptor) == socket.cookie) shutdown(socket.descriptor, SHUT_RDWR);
  }
}

}  // namespace lamppost::mqtt
