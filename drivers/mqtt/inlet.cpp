// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/inlet.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "drivers/mqtt/moderation.h"

namespace lamppost::mqtt {
namespace {

// Some three hundred readings. A packet that is larger is Paho's.
constexpr std::size_t kLookAhead = std::size_t{64} << 10;

struct Registry {
  std::mutex mutex;
  std::vector<Inlet*> inlets;  // GUARDED_BY(mutex)
};

Registry& registry() {
  static auto* const the_only = new Registry;  // recv() may be called until the very end
  return *the_only;
}

// Stays valid while its connection stands: Session waits for Paho's lock before it goes.
Inlet* inlet_of(int descriptor) {
  auto& [mutex, inlets] = registry();
  const std::lock_guard lock(mutex);
  const auto found = std::find_if(inlets.begin(), inlets.end(),
                                  [&](const Inlet* inlet) { return inlet->is(descriptor); });
  return found == inlets.end() ? nullptr : *found;
}

// Of the C library; a name that this program leaves alone.
ssize_t receive(int descriptor, void* buffer, std::size_t size, int flags) {
  return recvfrom(descriptor, buffer, size, flags, nullptr, nullptr);
}

// On Paho's thread, which reads every connection, under its lock.
void let_others_gather(const Inlet* inlet, std::size_t readings) {
  static Moderation moderation;
  const auto pause = moderation.after(inlet, readings, std::chrono::steady_clock::now());
  if (pause.count() > 0) std::this_thread::sleep_for(pause);
}

}  // namespace

void PacketEdge::pass(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    if (in_head_) {
      const auto digit = static_cast<unsigned char>(bytes[at++]);
      left_ |= std::size_t{digit & 0x7FU} << shift_;
      shift_ += 7;
      in_head_ = digit >= 0x80 && shift_ < 28;
    } else if (left_ == 0) {
      in_head_ = true;
      shift_ = 0;
      ++at;
    } else {
      const auto part = std::min(left_, bytes.size() - at);
      left_ -= part;
      at += part;
    }
  }
}

std::uint64_t cookie_of(int descriptor) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  return getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

Inlet::Inlet(int descriptor, std::uint64_t cookie, Take take)
    : descriptor_(descriptor),
      cookie_(cookie),
      take_(std::move(take)),
      ahead_(std::make_unique_for_overwrite<char[]>(kLookAhead)) {
  const std::lock_guard lock(registry().mutex);
  registry().inlets.push_back(this);
}

Inlet::~Inlet() {
  const std::lock_guard lock(registry().mutex);
  std::erase(registry().inlets, this);
}

bool Inlet::is(int descriptor) const {
  return descriptor == descriptor_ && cookie_of(descriptor) == cookie_;
}

ssize_t Inlet::read(char* buffer, std::size_t size) {
  if (edge_.at_start() && take_from_front()) {
    errno = EAGAIN;  // Paho polls again
    return -1;
  }
  const auto got = receive(descriptor_, buffer, size, 0);
  if (got > 0) edge_.pass({buffer, static_cast<std::size_t>(got)});
  return got;
}

bool Inlet::take_from_front() {
  const auto size = receive(descriptor_, ahead_.get(), kLookAhead, MSG_PEEK | MSG_DONTWAIT);
  if (size <= 0) return false;
  const auto taken = take_({ahead_.get(), static_cast<std::size_t>(size)});
  for (auto left = taken.bytes; left > 0;) {
    const auto gone = receive(descriptor_, ahead_.get(), left, MSG_TRUNC | MSG_DONTWAIT);
    if (gone <= 0) break;
    left -= static_cast<std::size_t>(gone);
  }
  if (taken.readings > 0) let_others_gather(this, taken.readings);
  return taken.bytes > 0;
}

}  // namespace lamppost::mqtt

// Takes the place of the C library's for the whole process, Paho's library included.
extern "C" ssize_t recv(int descriptor, void* buffer, std::size_t size, int flags) {
  using namespace lamppost::mqtt;
  auto* const inlet = flags == 0 ? inlet_of(descriptor) : nullptr;
  return inlet != nullptr ? inlet->read(static_cast<char*>(buffer), size)
                          : receive(descriptor, buffer, size, flags);
}
