// SPDX-License-Identifier: Apache-2.0
// Why the outbox refuses readings at the moment. Says so once when a cause comes and once when the
// last one goes.
#pragma once

#include <map>
#include <string>

#include "core/log.h"

namespace lamppost::outbox {

class Gate {
 public:
  enum class Cause { kFull, kFreeDisk, kFlash, kNumbers, kMemory };

  explicit Gate(const Log& log) : log_(log) {}

  void close(Cause cause, std::string reason) {
    if (causes_.count(cause) == 0) log_.warning(reason);
    causes_[cause] = std::move(reason);
  }
  void open(Cause cause) {
    if (causes_.erase(cause) != 0 && causes_.empty()) log_.notice("outbox accepts readings again");
  }
  bool closed(Cause cause) const { return causes_.count(cause) != 0; }
  // "" when open.
  std::string reason() const { return causes_.empty() ? "" : causes_.begin()->second; }
  // The same without the queue's own fullness, which does not stop what adds no bytes, and without
  // what only the next reading can find mended.
  std::string disk_reason() const {
    for (const auto& [cause, reason] : causes_)
      if (cause != Cause::kFull && cause != Cause::kMemory) return reason;
    return "";
  }

 private:
  const Log& log_;
  std::map<Cause, std::string> causes_;
};

}  // namespace lamppost::outbox
