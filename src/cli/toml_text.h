// SPDX-License-Identifier: Apache-2.0
// Values and keys as TOML, for the configuration that commands write.
#pragma once

#include <string>

#include "core/json.h"

namespace lamppost::cli {

std::string toml_of(const Json& value);

// A key of TOML as it is where that is allowed, else in quotes.
std::string key_of(const std::string& name);

}  // namespace lamppost::cli
