// SPDX-License-Identifier: Apache-2.0
// What every value of the configuration may carry along.
#pragma once

#include <chrono>

#include "core/finding.h"

namespace lamppost::config {

// A value and the place in the file it came from, so that later stages can point at it.
template <typename T>
struct Located {
  T value{};
  Where where;
};

using Milliseconds = std::chrono::milliseconds;

}  // namespace lamppost::config
