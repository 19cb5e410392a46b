// SPDX-License-Identifier: Apache-2.0
// One [[example]]: what becomes of its payload, and how that differs from what it says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/profile.h"
#include "ingest/pipeline.h"

namespace lamppost::cli {

// Decodes with the profile's own format and layout; every value, wanted by somebody or not. Throws
// ConfigError when the profile names no format or one that cannot be opened.
Result<Observations> decode_with(const config::Profile& profile, const Reading& reading,
                                 std::optional<int> fport = std::nullopt);

// "" when the example holds, else in what it does not. A mapping of `pipeline` is used, or when it
// is null the decoder of `profile` alone.
std::string judge_example(const config::Example& example, const config::Profile* profile,
                          const ingest::Pipeline* pipeline);

}  // namespace lamppost::cli
