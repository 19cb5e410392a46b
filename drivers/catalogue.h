// SPDX-License-Identifier: Apache-2.0
// Every payload format Lamppost knows: a list you can read, in catalogue.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver.h"

namespace lamppost {

std::span<const Driver* const> drivers();
const Driver* find_driver(std::string_view name);  // nullptr when unknown
std::vector<std::string> driver_names();

}  // namespace lamppost
