// SPDX-License-Identifier: Apache-2.0
#include "ingest/retry.h"

#include <algorithm>

namespace lamppost::ingest {
namespace {

Result<void> retry_one(outbox::Outbox& outbox, Ingest& ingest, const outbox::DeadLetter& dead) {
  if (!dead.destination.empty()) return outbox.requeue_dead(dead.id);
  const auto replayed = ingest.replay(dead);
  if (!replayed) return replayed.error();
  return outbox.forget_dead(dead.id);
}

}  // namespace

std::vector<Retried> retry_dead(outbox::Outbox& outbox, Ingest& ingest,
                                const std::vector<std::int64_t>& ids) {
  std::vector<std::int64_t> wanted = ids;
  if (wanted.empty())
    for (const auto& dead : outbox.dead(outbox::kMaxDeadLetters)) wanted.push_back(dead.id);
  std::sort(wanted.begin(), wanted.end());
  std::vector<Retried> results;
  for (const std::int64_t id : wanted) {
    const auto dead = outbox.find_dead(id);
    Retried result{id, dead ? "" : "no such dead letter"};
    if (dead)
      if (const auto done = retry_one(outbox, ingest, *dead); !done)
        result.fault = done.error().text;
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace lamppost::ingest
