// SPDX-License-Identifier: Apache-2.0
// systemd's notification protocol, sd_notify(3): datagrams of NAME=VALUE lines to $NOTIFY_SOCKET.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace lamppost::daemon {

// Does nothing when no service manager listens.
void notify(std::string_view state);

// Whether a service manager runs this process, and will start it again.
bool is_managed();
// Half of WATCHDOG_USEC: how often to send WATCHDOG=1. nullopt when nobody watches.
std::optional<std::chrono::milliseconds> watchdog_interval();

}  // namespace lamppost::daemon
