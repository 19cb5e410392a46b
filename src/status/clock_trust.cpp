// SPDX-License-Identifier: Apache-2.0
#include "status/clock_trust.h"

#include <sys/timex.h>

#include <ctime>

#include "core/clock.h"

namespace lamppost::status {

Timestamp wall_clock() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return {std::int64_t{1000} * now.tv_sec + now.tv_nsec / 1'000'000};
}

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
