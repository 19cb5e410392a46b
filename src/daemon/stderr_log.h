// SPDX-License-Identifier: Apache-2.0
// The daemon's log: lines on stderr, with the journal's priority prefix (sd-daemon(3)) when stderr
// goes to the journal and with time and level for a person otherwise.
#pragma once

#include "core/log.h"

namespace lamppost::daemon {

// Thread-safe: one write(2) a line.
Log stderr_log();

}  // namespace lamppost::daemon
