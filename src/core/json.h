// SPDX-License-Identifier: Apache-2.0
// The one JSON value type. Numbers keep the kind they arrived with (integer or real).
#pragma once

#include <nlohmann/json.hpp>

namespace lamppost {
using Json = nlohmann::json;
}
