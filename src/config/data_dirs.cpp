// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>

#include "config/config.h"

namespace lamppost::config {
namespace {

namespace fs = std::filesystem;

// The directory of the running program; "" when /proc is not mounted.
fs::path program_directory() {
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  return failure ? fs::path() : program.parent_path();
}

std::vector<fs::path> candidates(const fs::path& config_file, const std::string& kind) {
  std::vector<fs::path> all;
  if (const char* given = std::getenv("LAMPPOST_DATA_DIR"); given != nullptr && *given != '\0')
    all.push_back(fs::path(given) / kind);
  all.push_back(config_file.parent_path() / kind);
  all.push_back(fs::path("/etc/lamppost") / kind);
  // build/<preset>/lamppost and the test programs two floors below it.
  if (const fs::path program = program_directory(); !program.empty())
    for (const char* up : {"../../config", "../../../config", "../../../../config"})
      all.push_back((program / up / kind).lexically_normal());
  all.push_back(fs::path("/usr/share/lamppost") / kind);
  return all;
}

}  // namespace

std::vector<fs::path> data_dirs(const fs::path& config_file, const std::string& kind) {
  std::vector<fs::path> found, seen;
  for (const auto& directory : candidates(config_file, kind)) {
    std::error_code failure;
    if (!fs::is_directory(directory, failure)) continue;
    const fs::path real = fs::canonical(directory, failure);
    if (failure || std::find(seen.begin(), seen.end(), real) != seen.end()) continue;
    seen.push_back(real);
    found.push_back(directory);
  }
  return found;
}

}  // namespace lamppost::config
