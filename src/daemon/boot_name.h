// SPDX-License-Identifier: Apache-2.0
// A name for the boot of the machine: the kernel's boot id, or, for a service that ProcSubset=pid
// hides it from, a name of our own on tmpfs, where a reboot takes it away and a restart does not.
#pragma once

#include <filesystem>
#include <string>

namespace lamppost::daemon {

// Reads, or makes, <runtime_dir>/boot. When that cannot be, the name lives as long as the process.
std::string boot_name(const std::filesystem::path& runtime_dir);

}  // namespace lamppost::daemon
