// SPDX-License-Identifier: Apache-2.0
// The value of one field of a layout.
#pragma once

#include "drivers/formats/layout.h"

namespace lamppost::formats {

// An unsigned number of 1 to 8 bytes, which lie within `bytes`.
std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t width, bool big_endian);

// The field's width at `at` lies within `bytes`. null: the device says that it has no value.
Json value_at(const Field& field, std::string_view bytes, std::size_t at);

// Noise of the arithmetic goes: 0.1 + 0.2 is 0.3.
double tidy(double value);

}  // namespace lamppost::formats
