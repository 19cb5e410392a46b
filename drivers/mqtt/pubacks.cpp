// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/pubacks.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <vector>

namespace lamppost::mqtt {
namespace {

// MQTT 3.1.1 and 5.0, 3.4: type and flags, a remaining length of 2, the packet identifier. Paho
// leaves out the reason code of MQTT 5, which means success.
constexpr std::size_t kPubackSize = 4;
constexpr char kPubackHead[] = {0x40, 0x02};

struct Registry {
  std::mutex mutex;
  std::vector<Pubacks*> connections;  // GUARDED_BY(mutex)
};

Registry& registry() {
  static auto* const the_only = new Registry;  // writev() may be called until the very end
  return *the_only;
}

// "" when it is something else.
std::string puback_of(const iovec* parts, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    if (bytes.size() + parts[i].iov_len > kPubackSize) return {};
    bytes.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  }
  const bool puback = bytes.size() == kPubackSize &&
                      std::equal(std::begin(kPubackHead), std::end(kPubackHead), bytes.begin());
  return puback ? bytes : std::string();
}

bool keep(int descriptor, const iovec* parts, int count) {
  auto& [mutex, connections] = registry();
  const std::lock_guard lock(mutex);
  for (auto* connection : connections) {
    if (connection->descriptor() != descriptor) continue;
    const auto puback = puback_of(parts, count);
    return !puback.empty() && connection->keep(puback);
  }
  return false;
}

}  // namespace

Pubacks::Pubacks(int descriptor) : descriptor_(descriptor) {
  const std::lock_guard lock(registry().mutex);
  registry().connections.push_back(this);
}

Pubacks::~Pubacks() {
  const std::lock_guard lock(registry().mutex);
  std::erase(registry().connections, this);
}

bool Pubacks::seen() const { return seen_; }
void Pubacks::hold() { holding_ = true; }
std::size_t Pubacks::held() const { return held_.size() / kPubackSize; }

bool Pubacks::keep(const std::string& puback) {
  seen_ = true;
  if (holding_) held_ += puback;
  return holding_;
}

// A peer whose socket has no room for some kilobytes of acknowledgements has stopped reading.
bool Pubacks::release(std::size_t count) {
  holding_ = false;
  const auto size = std::min(held_.size(), count * kPubackSize);
  const auto sent =
      size == 0 ? 0 : send(descriptor_, held_.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
  held_.clear();
  return sent == static_cast<ssize_t>(size);
}

}  // namespace lamppost::mqtt

// Takes the place of the C library's for the whole process, Paho's library included.
extern "C" ssize_t writev(int descriptor, const iovec* parts, int count) {
  if (lamppost::mqtt::keep(descriptor, parts, count)) {
    ssize_t size = 0;
    for (int i = 0; i < count; ++i) size += static_cast<ssize_t>(parts[i].iov_len);
    return size;
  }
  return syscall(SYS_writev, descriptor, parts, count);
}
