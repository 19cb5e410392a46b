// SPDX-License-Identifier: Apache-2.0
// Between Paho's thread and the spine: offers readings, has a little patience while the outbox
// refuses, and says once when refusing begins and when it ends.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>

#include "core/log.h"
#include "drivers/transport.h"

namespace lamppost::mqtt {

// offer() is called on one thread at a time (Paho's); everything else is thread-safe.
class Intake {
 public:
  // `name` is that of the source. `log` outlives this.
  Intake(std::string name, Accept accept, const Log& log);

  // How many of the readings, from the first on, have reached a final state and may be
  // acknowledged; the others are refused. The first refusal is retried for about 1.5 s, because a
  // full outbox may just be catching its breath; while refusing lasts, later readings get one try.
  // Longer waiting belongs to the broker: this thread carries every MQTT source of the process and
  // holds Paho's only lock.
  std::size_t offer(std::span<const Reading> readings);

  void stop();  // ends the waiting in offer(), for good

  bool refusing() const;
  std::string refusal() const;    // why the outbox refuses, "" when it does not
  std::uint64_t refused() const;  // readings pushed back since start

 private:
  bool wait(std::chrono::milliseconds pause);  // false: stopped
  // True when this is the first.
  bool note_refused(std::size_t count, const std::string& why);
  void note_taken();

  const std::string name_;
  const Accept accept_;
  const Log& log_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;           // GUARDED_BY(mutex_)
  bool refusing_ = false;          // GUARDED_BY(mutex_)
  std::string refusal_;            // GUARDED_BY(mutex_)
  std::uint64_t refused_ = 0;      // GUARDED_BY(mutex_)
  std::uint64_t refused_now_ = 0;  // in this bout of refusing; GUARDED_BY(mutex_)
};

}  // namespace lamppost::mqtt
