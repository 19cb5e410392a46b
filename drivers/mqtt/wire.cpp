// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/wire.h"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace lamppost::mqtt {
namespace {

// Descriptors are handed out lowest first, so a gateway's sockets are far below this.
constexpr rlim_t kMostDescriptors = 65'536;

int descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return static_cast<int>(std::min(limit.rlim_cur, kMostDescriptors));
}

bool is_stream(int descriptor) {
  int type = 0;
  socklen_t size = sizeof type;
  return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

// Port of the TCP peer, 0 when this is no connected TCP socket.
std::uint16_t peer_port(int descriptor) {
  if (!is_stream(descriptor)) return 0;
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
  inlet_.reset();
  return !ours_.empty();
}

void Wire::divert(Inlet::Take take) {
  if (ours_.size() == 1)
    inlet_.emplace(ours_.front().descriptor, ours_.front().cookie, std::move(take));
}

bool Wire::send(std::string_view bytes) const {
  if (bytes.empty()) return true;
  const auto sent =
      ::send(ours_.front().descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(bytes.size());
}

void Wire::cut() {
  for (const Socket& socket : ours_.empty() ? connected(0) : ours_) {
    if (cookie_of(socket.descriptor) == socket.cookie) shutdown(socket.descriptor, SHUT_RDWR);
  }
}

}  // namespace lamppost::mqtt
