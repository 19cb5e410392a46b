// SPDX-License-Identifier: Apache-2.0
// How fast the outbox would fill if no broker took anything: entities stored per second times the
// size of one. From it follow the hours of autonomy left.
#pragma once

#include <chrono>
#include <optional>

#include "outbox/outbox.h"

namespace lamppost::status {

// Lives on one thread. Averages over about kMemory, so that a burst does not promise a drought.
class FillRate {
 public:
  static constexpr std::chrono::minutes kMemory{15};

  // Call every second or so. Looks shorter than a second apart are left out.
  void observe(std::chrono::milliseconds monotonic, const outbox::Totals& totals);

  // 0 until something was stored and a queued entity was seen to weigh.
  double bytes_per_second() const { return entities_per_second_ * bytes_per_entity_; }

 private:
  struct Look {
    std::chrono::milliseconds at;
    std::uint64_t stored;
  };
  std::optional<Look> last_;
  double weight_ = 0;  // how much of kMemory has been lived through, 0 to 1
  double entities_per_second_ = 0;
  double bytes_per_entity_ = 0;
};

}  // namespace lamppost::status
