// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"
#include "outbox/outbox.h"

namespace lamppost::daemon {

// The outbox as the configuration wants it; the commands open the same files as the daemon.
outbox::Options outbox_options(const config::Config& config);

}  // namespace lamppost::daemon
