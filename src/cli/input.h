// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace lamppost::cli {

// The whole of a file, or of standard input for "-". At most 16 MiB. Throws UsageError when
// unreadable.
std::string read_input(const std::string& file);

}  // namespace lamppost::cli
