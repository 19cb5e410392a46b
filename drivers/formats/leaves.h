// SPDX-License-Identifier: Apache-2.0
// Every value of a document, for somebody who wants to see what is in it (`lamppost decode`).
#pragma once

#include <cstddef>

#include "core/observation.h"
#include "core/result.h"
#include "drivers/formats/pointer.h"

namespace lamppost::formats {

inline constexpr std::size_t kMaxLeaves = 10'000;

// One group for every element, as pick() has them. Names are pointers from the element; empty
// arrays and objects count as values.
Result<Observations> all_leaves(const Json& document, const Pointer& each);

}  // namespace lamppost::formats
