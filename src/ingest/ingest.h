// SPDX-License-Identifier: Apache-2.0
// The spine: Reading in, rows in the outbox out. A plain function call on the transport's thread.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>

#include "core/batch.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/reading.h"
#include "drivers/transport.h"
#include "ingest/freshness.h"
#include "ingest/past.h"
#include "ingest/pipeline.h"
#include "outbox/outbox.h"

namespace lamppost::ingest {

// What a reading becomes, before anything is stored; `map` and accept() share it.
struct Yield {
  struct Entity {
    const Route* route;
    mapping::Mapped mapped;
    std::string json;  // as it would be sent; "" while something of it is open
    // By which the same reading is known when it comes again; 0: nothing makes it certain.
    std::uint64_t evidence = 0;
  };
  std::vector<Entity> entities;
  std::vector<std::pair<const Route*, Error>> faults;  // decoding or mapping failed for a route
  bool matched = false;                                // some mapping wants this topic
};
Yield transform(const Pipeline& pipeline, const Reading& reading,
                mapping::Explanation* explanation = nullptr);

// For a dry run: finishes what transform() left open, with no memory but of the payload itself.
// What has nothing to send is taken out.
void complete_alone(Yield& yield, mapping::Explanation* explanation = nullptr);

inline constexpr const char* kRetrySource = "(retry)";

struct Judgement;
struct Occasion;

// The gateway's clock, and a name for the boot of the machine that its monotonic() counts from.
struct ClockDoor {
  const Clock& clock;
  std::string boot;
};

// Thread-safe. Never throws.
class Ingest {
 public:
  // `memory` is the directory on tmpfs for what is remembered of earlier readings (past.h); empty:
  // nothing of it outlives this object.
  Ingest(std::shared_ptr<const Pipeline> pipeline, outbox::Outbox& outbox, ClockDoor clock,
         const std::filesystem::path& memory, const Log& log);

  // A reading without a time of its own waits while the clock cannot be believed, and behind those
  // that waited; it counts as stored, in the books of kClockDestination. One that came before is
  // kStored again, one that is late kEmpty.
  std::vector<Outcome> accept(std::span<const Reading> readings);
  Outcome accept(const Reading& reading) { return accept(std::span(&reading, 1)).front(); }

  // The clock itself says so, or the configuration vouches for it.
  bool clock_trusted() const;

  // Lets go on what waited for the clock, stamped with the time it came in. Call every 100 ms or
  // so, from one thread.
  void release_waiting();

  // A dead letter's reading once more, through today's mapping; only the entity that died is
  // stored. How many rows it became, or why it is still dead. Counted under the source
  // kRetrySource.
  Result<std::size_t> replay(const outbox::DeadLetter& dead);

  // How the devices keep to their `expect`.
  Attendance attendance() const { return freshness_.attendance(); }
  void say_absence() { freshness_.say_changes(); }

  // Readings that come later see the new pipeline; those under way finish with the old one.
  void replace(std::shared_ptr<const Pipeline> pipeline);
  std::shared_ptr<const Pipeline> pipeline() const;

 private:
  // order_ is held by the caller of these.
  void begin(const Pipeline& pipeline);
  Judgement judge_now(const Pipeline& pipeline, const Reading& reading, Yield yield);
  Judgement wait_for_clock(const Reading& reading);
  Result<void> store(const Judgement& judgement);
  std::size_t release_batch(const Pipeline& pipeline);
  void release_one(const Pipeline& pipeline, const BatchRow& row, Verdict& verdict);
  bool some_wait() const;

  outbox::Outbox& outbox_;
  const ClockDoor clock_;
  const Log& log_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Pipeline> pipeline_;  // GUARDED_BY(mutex_)
  // From the look at what was stored before until the reading is stored itself: two transports may
  // bring readings of one entity at once.
  std::mutex order_;
  Past past_;  // GUARDED_BY(order_)
  Freshness freshness_;
  bool waiting_;  // GUARDED_BY(order_): rows of kClockDestination may be queued
  std::atomic<bool> told_of_clock_{false};
  // Of release_batch(), which does nothing before look_at_ unless the trust has changed;
  // GUARDED_BY(order_).
  std::chrono::milliseconds look_at_{0};
  bool was_trusted_ = true;
};

}  // namespace lamppost::ingest
