// SPDX-License-Identifier: Apache-2.0
// Secrets live in files of their own, one line each, which may change while the daemon runs.
#pragma once

#include <string>

#include "core/result.h"

namespace lamppost::config {

// The text of `file` without its line end; at most 64 KiB. The error's text goes on after the
// file's name: "is empty", "cannot be read: ...".
Result<std::string> read_secret(const std::string& file);

}  // namespace lamppost::config
