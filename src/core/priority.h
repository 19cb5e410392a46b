// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace lamppost {

// What a full queue gives up first. Values are written to files: never renumber.
enum class Priority : std::uint8_t { kLow = 0, kNormal = 1, kHigh = 2 };

}  // namespace lamppost
