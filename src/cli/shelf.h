// SPDX-License-Identifier: Apache-2.0
// How commands reach the outbox of a gateway, whether its daemon runs or not.
#pragma once

#include <filesystem>

#include "cli/arguments.h"
#include "config/config.h"

namespace lamppost::cli {

// The configuration without looking at models and drivers. Throws ConfigError.
config::Config load_config(const Arguments& arguments);

std::filesystem::path control_socket(const config::Config& config);

// --limit, 1..100000, default 100. Throws UsageError.
std::size_t limit_of(const Arguments& arguments);

// A row or dead-letter number from the command line. Throws UsageError.
std::int64_t id_of(const std::string& word);

}  // namespace lamppost::cli
