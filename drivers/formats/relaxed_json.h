// SPDX-License-Identifier: Apache-2.0
// The JSON that people type into Ultralight payloads: 'single quotes' and {bare: keys}.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lamppost::formats {

// Bytes of the bracketed value at the start of `text`, which starts with { or [; 0 when it does
// not close. Brackets in strings of either quote do not count.
std::size_t bracketed_length(std::string_view text);

// The same in strict JSON, if `text` was relaxed JSON; some text that is no JSON otherwise.
std::string strict_json(std::string_view text);

}  // namespace lamppost::formats
