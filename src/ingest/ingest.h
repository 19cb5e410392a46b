// SPDX-License-Identifier: Apache-2.0
// The spine: Reading in, rows in the outbox out. A plain function call on the transport's thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "core/clock.h"
#include "core/log.h"
#include "core/reading.h"
#include "drivers/transport.h"
#include "ingest/pipeline.h"
#include "outbox/outbox.h"

namespace lamppost::ingest {

// What a reading becomes, before anything is stored; `map` and accept() share it.
struct Yield {
  struct Entity {
    const Route* route;
    mapping::Mapped mapped;
    std::string json;  // as it would be sent
  };
  std::vector<Entity> entities;
  std::vector<std::pair<const Route*, Error>> faults;  // decoding or mapping failed for a route
  bool matched = false;                                // some mapping wants this topic
};
Yield transform(const Pipeline& pipeline, const Reading& reading,
                mapping::Explanation* explanation = nullptr);

inline constexpr const char* kRetrySource = "(retry)";

// Thread-safe. Never throws.
class Ingest {
 public:
  Ingest(std::shared_ptr<const Pipeline> pipeline, outbox::Outbox& outbox, const Log& log);

  Outcome accept(const Reading& reading);

  // A dead letter's reading once more, through today's mapping; only the entity that died is
  // stored. How many rows it became, or why it is still dead. Counted under the source
  // kRetrySource.
  Result<std::size_t> replay(const outbox::DeadLetter& dead);

  // Readings that come later see the new pipeline; those under way finish with the old one.
  void replace(std::shared_ptr<const Pipeline> pipeline);
  std::shared_ptr<const Pipeline> pipeline() const;

 private:
  outbox::Outbox& outbox_;
  const Log& log_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Pipeline> pipeline_;  // GUARDED_BY(mutex_)
  std::atomic<bool> refusing_{false};
};

}  // namespace lamppost::ingest
