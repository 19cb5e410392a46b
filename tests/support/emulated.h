// SPDX-License-Identifier: Apache-2.0
// Some doors of the kernel qemu-user does not have. What needs one says so and is left out there.
#pragma once

#include <cstdlib>

namespace lamppost {

inline bool emulated() { return std::getenv("LAMPPOST_EMULATED") != nullptr; }

}  // namespace lamppost
