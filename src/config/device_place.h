// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "config/config.h"

namespace lamppost::config {

// Mistakes of one kind that are named one by one; of more only how many there are is said.
inline constexpr std::size_t kMaxDevicesNamed = 10;

// The field of a device in devices.csv, or its key without a column. The file is read again: nobody
// keeps the places of thousands of fields for a mistake. The file as a whole when it has changed.
Where place_of(const Devices& devices, std::string_view key, std::string_view column = "key");

}  // namespace lamppost::config
