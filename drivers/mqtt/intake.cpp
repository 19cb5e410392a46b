// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/intake.h"

#include <algorithm>
#include <utility>

namespace lamppost::mqtt {
namespace {

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLastPause{800};

std::size_t final_ones(const std::vector<Outcome>& outcomes) {
  const auto refused = [](const Outcome& outcome) {
    return outcome.disposition == Disposition::kRefused;
  };
  const auto first = std::find_if(outcomes.begin(), outcomes.end(), refused);
  return static_cast<std::size_t>(first - outcomes.begin());
}

}  // namespace

Intake::Intake(std::string name, Accept accept, const Log& log)
    : name_(std::move(name)), accept_(std::move(accept)), log_(log) {}

std::size_t Intake::offer(std::span<const Reading> readings) {
  const auto outcomes = accept_(readings);
  std::size_t taken = final_ones(outcomes);
  if (taken < readings.size() && note_refused(readings.size() - taken, outcomes[taken].text))
    for (auto pause = kFirstPause; pause <= kLastPause && taken < readings.size(); pause *= 2) {
      if (!wait(pause)) return taken;
      taken += final_ones(accept_(readings.subspan(taken)));
    }
  if (taken == readings.size()) note_taken();
  return taken;
}

bool Intake::wait(std::chrono::milliseconds pause) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, pause, [this] { return stopped_; });
}

bool Intake::note_refused(std::size_t count, const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    refused_ += count;
    refused_now_ += count;
    if (std::exchange(refusing_, true)) return false;
    refusal_ = why;
  }
  log_.warning("source " + name_ + ": the outbox refuses readings (" + why +
               "): the broker keeps those of QoS 1 and 2 until there is room; QoS 0 is lost");
  return true;
}

void Intake::note_taken() {
  std::uint64_t pushed_back = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!refusing_) return;
    refusing_ = false;
    refusal_.clear();
    pushed_back = std::exchange(refused_now_, 0);
  }
  log_.notice("source " + name_ + ": the outbox takes readings again; pushed back meanwhile: " +
              std::to_string(pushed_back));
}

void Intake::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
}

bool Intake::refusing() const {
  const std::lock_guard lock(mutex_);
  return refusing_;
}

std::string Intake::refusal() const {
  const std::lock_guard lock(mutex_);
  return refusal_;
}

std::uint64_t Intake::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

}  // namespace lamppost::mqtt
