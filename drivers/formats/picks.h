// SPDX-License-Identifier: Apache-2.0
// The wanted values of a document, in one group for every element.
#pragma once

#include <cstddef>
#include <vector>

#include "core/observation.h"
#include "core/result.h"
#include "drivers/formats/pointer.h"

namespace lamppost::formats {

// Bounds on what one payload can become.
inline constexpr std::size_t kMaxElements = 10'000;
inline constexpr std::size_t kMaxSharedBytes = 16 << 20;

// What is one group each: the elements of the array at `each`. When `each` is the root and the
// document is no array of objects, the document itself. Views into `document`.
Result<std::vector<const Json*>> elements_of(const Json& document, const Pointer& each);

// A pointer is looked up in the element first, then in the document; what is nowhere is left out.
Result<Observations> pick(const Json& document, const std::vector<Pointer>& wanted,
                          const Pointer& each);

}  // namespace lamppost::formats
