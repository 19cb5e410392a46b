// SPDX-License-Identifier: Apache-2.0
// The PUBACKs of one connection, which can be made to wait until the readings they answer are
// stored. Paho writes a PUBACK as soon as the message callback returns and offers no way to keep it
// from that. It writes through writev(2); this program brings its own (pubacks.cpp), which does
// what the C library's does, except for PUBACKs that are to wait.
// (docs/decisions/0008-acknowledgements-in-groups.md)
#pragma once

#include <cstddef>
#include <string>

namespace lamppost::mqtt {

// Made anywhere; used on Paho's thread, under Paho's lock.
class Pubacks {
 public:
  explicit Pubacks(int descriptor);  // of the TCP socket; closing it is Paho's
  ~Pubacks();
  Pubacks(const Pubacks&) = delete;
  Pubacks& operator=(const Pubacks&) = delete;

  // A PUBACK of Paho's has come through here, so hold() can be relied on. Never true over TLS.
  bool seen() const;

  // From now on they wait.
  void hold();
  std::size_t held() const;
  // The first `count` leave in one write, the others are forgotten, and none waits any more. False:
  // the connection does not take them.
  bool release(std::size_t count);

  // For writev(): true when it was a PUBACK that waits now.
  bool keep(const std::string& puback);
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
  bool seen_ = false;
  bool holding_ = false;
  std::string held_;
};

}  // namespace lamppost::mqtt
