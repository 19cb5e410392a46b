// SPDX-License-Identifier: Apache-2.0
// Tables for people: columns as wide as their widest cell, plain text.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"

namespace lamppost::cli {

using Row = std::vector<std::string>;

// The first row is the head. Trailing blanks are cut.
std::string to_table(const std::vector<Row>& rows);

// An array of objects, one per line, or a pretty object: what --json prints.
std::string to_json_lines(const Json& value);

// "512 B", "1.5 MiB"
std::string bytes_text(std::uint64_t bytes);

}  // namespace lamppost::cli
