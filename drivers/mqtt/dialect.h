// SPDX-License-Identifier: Apache-2.0
// Which version of MQTT to try next. A broker that knows only 3.1.1 says so (and we stay with
// 3.1.1), or just hangs up on CONNECT; a broker that restarts hangs up as well, so that proves
// nothing for longer than one connection.
#pragma once

#include "drivers/mqtt/reason.h"

namespace lamppost::mqtt {

// Not thread-safe.
class Dialect {
 public:
  explicit Dialect(int configured) : configured_(configured), version_(configured) {}

  int version() const { return version_; }  // 5 or 3
  bool fell_back() const { return version_ != configured_; }

  // CONNACK refused. True when another version is worth trying at once.
  bool refused(int code) {
    if (version_ != 5 || !refuses_version(code)) return false;
    version_ = 3;
    certain_ = true;
    return true;
  }

  // The connection closed between CONNECT and CONNACK.
  void unanswered() {
    if (certain_ || configured_ != 5) return;
    const bool give_up_on_5 = version_ == 5 && ++unanswered_ >= 2;
    version_ = give_up_on_5 ? 3 : 5;
  }

  // A connection stood and has ended.
  void ended() {
    unanswered_ = 0;
    if (!certain_) version_ = configured_;
  }

 private:
  int configured_;
  int version_;
  bool certain_ = false;
  int unanswered_ = 0;
};

}  // namespace lamppost::mqtt
