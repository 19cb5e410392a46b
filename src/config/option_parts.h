// SPDX-License-Identifier: Apache-2.0
// The option table is too long for one file; this is its other part.
#pragma once

#include "config/options.h"

namespace lamppost::config {

std::span<const Option> mapping_options();

}  // namespace lamppost::config
