// SPDX-License-Identifier: Apache-2.0
#include "status/clock_trust.h"

#include <doctest/doctest.h>
#include <sys/timex.h>

#include "status/sample.h"

using namespace lamppost;
using namespace lamppost::status;

TEST_CASE("clock trust: a synchronised clock in our time is trusted") {
  CHECK(clock_trusted(TIME_OK, STA_PLL, kNoon));
}

TEST_CASE("clock trust: not when the kernel says unsynchronised, the call fails, or it is 1970") {
  CHECK_FALSE(clock_trusted(TIME_ERROR, STA_UNSYNC, kNoon));
  CHECK_FALSE(clock_trusted(-1, 0, kNoon));
  CHECK_FALSE(clock_trusted(TIME_OK, 0, Timestamp{0}));
  CHECK_FALSE(clock_trusted(TIME_OK, 0, Timestamp{1'704'067'199'999}));
  CHECK(clock_trusted(TIME_OK, 0, Timestamp{1'704'067'200'000}));
}

TEST_CASE("clock trust: the system call answers as adjtimex(2) does") {
  timex state{};
  const int result = adjtimex(&state);
  CHECK(clock_trusted() == (result >= 0 && (state.status & STA_UNSYNC) == 0));
}
