// SPDX-License-Identifier: Apache-2.0
// The checksum of a frame that a layout describes.
#pragma once

#include "drivers/formats/layout.h"

namespace lamppost::formats {

// Malformed when the sum is wrong, or lies outside of the bytes.
Result<void> check_sum(const Checksum& sum, std::string_view bytes, bool big_endian);

}  // namespace lamppost::formats
