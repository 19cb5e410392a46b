// SPDX-License-Identifier: Apache-2.0
#include "daemon/boot_name.h"

#include <cstdint>
#include <fstream>
#include <random>

namespace lamppost::daemon {

std::string boot_name(const std::filesystem::path& runtime_dir) {
  std::string name;
  if (std::ifstream("/proc/sys/kernel/random/boot_id") >> name && !name.empty()) return name;
  const auto file = runtime_dir / "boot";
  if (std::ifstream(file) >> name && !name.empty()) return name;
  std::random_device chance;
  name = std::to_string((std::uint64_t{chance()} << 32) | chance());
  std::ofstream(file) << name << '\n';
  return name;
}

}  // namespace lamppost::daemon
