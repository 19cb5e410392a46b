// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

namespace lamppost::daemon {
namespace {

std::optional<long long> number_of(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  long long number = 0;
  const char* end = text + std::strlen(text);
  if (std::from_chars(text, end, number).ptr != end) return std::nullopt;
  return number;
}

}  // namespace

void notify(std::string_view state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (path == nullptr || std::strlen(path) >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path, std::strlen(path));
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // Linux's abstract namespace
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address),
           length);
  ::close(socket);
}

bool is_managed() { return std::getenv("NOTIFY_SOCKET") != nullptr; }

std::optional<std::chrono::milliseconds> watchdog_interval() {
  const auto usec = number_of("WATCHDOG_USEC");
  const auto pid = number_of("WATCHDOG_PID");
  if (!usec || *usec <= 0 || (pid && *pid != ::getpid())) return std::nullopt;
  return std::chrono::milliseconds(*usec / 2000);
}

}  // namespace lamppost::daemon
