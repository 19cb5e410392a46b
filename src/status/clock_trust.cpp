// SPDX-License-Identifier: Apache-2.0
#include "status/clock_trust.h"

#include <sys/timex.h>

#include <chrono>

#include "core/clock.h"

namespace lamppost::status {
namespace {

Timestamp wall_clock() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

}  // namespace

bool clock_trusted(int adjtimex_result, int status, Timestamp now) {
  if (adjtimex_result < 0) return false;  // a sandbox that forbids the call knows nothing
  return (status & STA_UNSYNC) == 0 && now >= kFirstPlausible;
}

bool clock_trusted() {
  timex state{};  // modes = 0: only reads
  const int result = adjtimex(&state);
  return clock_trusted(result, state.status, wall_clock());
}

}  // namespace lamppost::status
