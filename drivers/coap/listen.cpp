// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/listen.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/finding.h"

namespace lamppost::coap {
namespace {

constexpr std::string_view kScheme = "coap://";

class Socket {
 public:
  explicit Socket(int family) : fd_(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail(const std::string& source, const std::string& text) {
  throw ConfigError("coap source \"" + source + "\": " + text);
}

struct Authority {
  std::string host;
  std::uint16_t port = 5683;  // RFC 7252, 6.1
};

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

std::optional<Authority> split_authority(std::string_view text) {
  if (text.ends_with('/')) text.remove_suffix(1);
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && end == std::string_view::npos) return std::nullopt;
  Authority authority;
  authority.host = text.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
  const auto rest = end == std::string_view::npos ? "" : text.substr(end + (bracketed ? 1 : 0));
  if (rest.empty()) return authority;
  const auto port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
  if (!port) return std::nullopt;
  authority.port = *port;
  return authority;
}

bool resolve(const Authority& authority, ListenAddress& address) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(authority.host.c_str(), nullptr, &hints, &found) != 0) return false;
  std::memcpy(&address.socket, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  ::freeaddrinfo(found);
  return true;
}

[[noreturn]] void fail_to_listen(const std::string& source, const ListenAddress& address,
                                 int error) {
  const bool no_ipv6 = address.socket.ss_family == AF_INET6 && error == EAFNOSUPPORT;
  fail(source, "cannot listen on " + address.text + ": " + std::strerror(error) +
                   (no_ipv6 ? " (this host has no IPv6; write coap://0.0.0.0:" +
                                  std::to_string(address.port()) + ")"
                            : ""));
}

}  // namespace

std::uint16_t ListenAddress::port() const {
  return ntohs(socket.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(socket).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(socket).sin_port);
}

void ListenAddress::set_port(std::uint16_t port) {
  if (socket.ss_family == AF_INET6)
    reinterpret_cast<sockaddr_in6&>(socket).sin6_port = htons(port);
  else
    reinterpret_cast<sockaddr_in&>(socket).sin_port = htons(port);
}

std::string ListenAddress::host_and_port() const {
  char host[NI_MAXHOST] = "";
  ::getnameinfo(reinterpret_cast<const sockaddr*>(&socket), size, host, sizeof host, nullptr, 0,
                NI_NUMERICHOST);
  const auto port_text = ':' + std::to_string(port());
  return socket.ss_family == AF_INET6 ? '[' + std::string(host) + ']' + port_text
                                      : host + port_text;
}

ListenAddress parse_listen(const std::string& source, const std::string& url) {
  if (url.starts_with("coaps://"))
    fail(source, url + ": DTLS is not available in this version; listen on a coap:// address");
  const auto authority = url.starts_with(kScheme)
                             ? split_authority(std::string_view(url).substr(kScheme.size()))
                             : std::nullopt;
  ListenAddress address;
  if (!authority || !resolve(*authority, address))
    fail(source, "\"" + url +
                     "\" is no address to listen on; write coap://[::]:5683 or "
                     "coap://192.0.2.1:5683, with a numeric host");
  address.text = url;
  address.set_port(authority->port);
  return address;
}

void claim(const std::string& source, ListenAddress& address) {
  const Socket probe(address.socket.ss_family);
  if (probe.fd() < 0) fail_to_listen(source, address, errno);
  const int off = 0;  // [::] takes IPv4 as well, whatever the system's default
  if (address.socket.ss_family == AF_INET6)
    ::setsockopt(probe.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  auto* name = reinterpret_cast<sockaddr*>(&address.socket);
  if (::bind(probe.fd(), name, address.size) != 0) fail_to_listen(source, address, errno);
  auto size = address.size;
  if (::getsockname(probe.fd(), name, &size) != 0) fail_to_listen(source, address, errno);
}

}  // namespace lamppost::coap
