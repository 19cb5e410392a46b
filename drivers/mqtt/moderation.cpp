// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/moderation.h"

#include <algorithm>
#include <cmath>

namespace lamppost::mqtt {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr Seconds kMemory{0.05};                      // in which a reading's worth falls to 1/e
constexpr double kWorthwhile = 0.35, kOnTrial = 0.4;  // shares of pauses
constexpr double kWeight = 0.125;                     // of the latest one

}  // namespace

Moderation::Pause Moderation::after(const void* connection, std::size_t count, Time now) {
  const double rate = rate_at(count, now);
  ++looks_;
  most_ = std::max(most_, count);
  if (count >= kCrowd)
    not_before_ = std::max(not_before_, now + std::chrono::duration_cast<Pause>(kMemory));
  if (connection != waited_ && now < waited_until_ + 2 * kLongest) return Pause::zero();
  if (!judged_ && !judge_last_pause(now)) return Pause::zero();
  if (rate < kFewest || now < not_before_) return Pause::zero();
  const auto enough = std::chrono::duration_cast<Pause>(Seconds(kTogether / rate));
  const Pause pause = std::min(kLongest, enough);
  if (pause < kShortest) return Pause::zero();
  waited_ = connection;
  waited_until_ = now + pause;
  looks_ = 0;
  most_ = 0;
  judged_ = false;
  return pause;
}

double Moderation::rate_at(std::size_t count, Time now) {
  recent_ = recent_ * std::exp(-(now - last_) / kMemory) + static_cast<double>(count);
  last_ = now;
  return recent_ / kMemory.count();
}

// A sender without TCP_NODELAY keeps all but one packet until it hears from us, and then sends them
// at once: hence a second look. One that waits for each PUBACK sends but one again, and pauses make
// it slower.
bool Moderation::judge_last_pause(Time now) {
  const bool many = most_ >= kMany;
  if (!many && looks_ < 2 && now < waited_until_ + 2 * kShortest) return false;
  judged_ = true;
  if (now > waited_until_ + kLongest) return true;  // it has stopped, which tells nothing
  worth_ += ((many ? 1 : 0) - worth_) * kWeight;
  if (worth_ >= kWorthwhile) return true;
  worth_ = kOnTrial;
  not_before_ = now + kTrial;
  return true;
}

}  // namespace lamppost::mqtt
