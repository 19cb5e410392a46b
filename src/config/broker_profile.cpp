// SPDX-License-Identifier: Apache-2.0
#include "config/broker_profile.h"

#include <algorithm>

namespace lamppost::config {
namespace {

constexpr std::size_t KiB = 1024;

constexpr std::string_view kAny[] = {"update", "append", "merge"};
constexpr std::string_view kNoMerge[] = {"update", "append"};
constexpr std::string_view kMergeOnly[] = {"merge"};

// Stellio: two batches of 100 a second brought I/O errors, 75 did not (its issue 1340); its history
// knows one value for each observedAt, so that a row sent twice is there once. GeonicDB's body
// limit is not documented.
constexpr BrokerProfile kProfiles[] = {
    {"etsi", kAny, 100, 512 * KiB, "NGSILD-Tenant", "full", "never"},
    {"orionld", kNoMerge, 100, 512 * KiB, "NGSILD-Tenant", "full", "never"},
    {"scorpio", kAny, 100, 512 * KiB, "NGSILD-Tenant", "full", "never"},
    {"stellio", kAny, 75, 512 * KiB, "NGSILD-Tenant", "full", "late"},
    {"antares", kAny, 100, 512 * KiB, "NGSILD-Tenant", "full", "never"},
    {"geonic", kNoMerge, 100, 256 * KiB, "NGSILD-Tenant", "full", "never"},
    {"single-merge", kMergeOnly, 100, 512 * KiB, "NGSILD-Tenant", "full", "never"},
};

}  // namespace

std::span<const BrokerProfile> broker_profiles() { return kProfiles; }

const BrokerProfile& broker_profile(std::string_view name) {
  const auto found =
      std::find_if(std::begin(kProfiles), std::end(kProfiles),
                   [&](const BrokerProfile& profile) { return profile.name == name; });
  return found == std::end(kProfiles) ? kProfiles[0] : *found;
}

}  // namespace lamppost::config
