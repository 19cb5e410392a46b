// SPDX-License-Identifier: Apache-2.0
// May the wall clock be believed? A gateway without a battery-backed clock boots in the past and
// stays there until a time server answers.
#pragma once

#include "core/timestamp.h"

namespace lamppost::status {

// CLOCK_REALTIME through our own time_t: that of a 32-bit libstdc++ may have 32 bits and end in
// 2038.
Timestamp wall_clock();

// adjtimex(2): the kernel's STA_UNSYNC bit, which chrony, ntpd and systemd-timesyncd clear once
// they have set the clock. Also false before 2024, whatever the kernel says. Cheap; any thread.
bool clock_trusted();

// The judgement without the system call. `status` is struct timex's, `now` the wall clock.
bool clock_trusted(int adjtimex_result, int status, Timestamp now);

}  // namespace lamppost::status
