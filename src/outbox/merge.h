// SPDX-License-Identifier: Apache-2.0
// `history = "latest"`: two updates of one entity become one.
#pragma once

#include <optional>
#include <string>

#include "core/timestamp.h"

namespace lamppost::outbox {

struct Update {
  const std::string& payload;
  Timestamp observed_at;
};

// The attributes of both; where both have one, the newer observedAt wins, and without observedAt
// the newer update. nullopt when one of them is no JSON object.
std::optional<std::string> merge_updates(const Update& queued, const Update& arriving);

}  // namespace lamppost::outbox
