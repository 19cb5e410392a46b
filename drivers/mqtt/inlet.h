// SPDX-License-Identifier: Apache-2.0
// The bytes of one connection before Paho reads them. Paho takes a packet in with two poll and four
// recv, notes every allocation in a table, and writes a PUBACK of its own for each reading: more
// than all that we do with it. It reads through recv(2); this program brings its own (inlet.cpp),
// which does what the C library's does, except that what lies at the front of this connection is
// offered to us first. Paho never sees what we take.
// (docs/decisions/0018-readings-before-paho.md)
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace lamppost::mqtt {

// Where packets begin in a stream that goes by in pieces of any size.
class PacketEdge {
 public:
  bool at_start() const { return left_ == 0 && !in_head_; }
  void pass(std::string_view bytes);

 private:
  bool in_head_ = false;  // behind the first byte, the remaining length not complete
  unsigned shift_ = 0;    // bits of the remaining length that have passed
  std::size_t left_ = 0;  // bytes of the packet behind its head
};

// Made anywhere, when Paho is at the start of a packet; used on Paho's thread, under Paho's lock.
class Inlet {
 public:
  // Gets what lies in the socket, from the start of a packet on, and says what of it, whole
  // packets, it has taken.
  struct Taken {
    std::size_t bytes = 0;
    std::size_t readings = 0;
  };
  using Take = std::function<Taken(std::string_view)>;

  // `descriptor` of the TCP socket, which is Paho's to close, and the kernel's name for it
  // (SO_COOKIE): a descriptor may be given out again.
  Inlet(int descriptor, std::uint64_t cookie, Take take);
  ~Inlet();
  Inlet(const Inlet&) = delete;
  Inlet& operator=(const Inlet&) = delete;

  // For recv().
  bool is(int descriptor) const;
  ssize_t read(char* buffer, std::size_t size);

 private:
  bool take_from_front();

  const int descriptor_;
  const std::uint64_t cookie_;
  const Take take_;
  PacketEdge edge_;
  std::unique_ptr<char[]> ahead_;
};

// 0 when `descriptor` is no socket.
std::uint64_t cookie_of(int descriptor);

}  // namespace lamppost::mqtt
