// SPDX-License-Identifier: Apache-2.0
// Every value of a document, for somebody who wants to see what is in it (`lamppost decode`).
#pragma once

#include <string>

#include "core/observation.h"
#include "core/result.h"

namespace lamppost::formats {

inline constexpr std::size_t kMaxLeaves = 10'000;

// One group for every element of the array at `each` ("" is the root), or one for everything.
// Names are pointers from the element; empty arrays and objects count as values.
Result<Observations> all_leaves(const Json& document, const std::string& each);

}  // namespace lamppost::formats
