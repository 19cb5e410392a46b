// SPDX-License-Identifier: Apache-2.0
// toml++ bounds how deep values nest, but not how many parts a dotted key has, and every part is a
// table whose destructor calls the next: a line of a.a.a.a... would exhaust the stack.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace lamppost::config {

inline constexpr int kMaxKeyParts = 16;

// Where the first key with more than kMaxKeyParts parts goes too far (offset of its dot). Looks
// only outside strings and comments; the text need not be valid TOML.
std::optional<std::size_t> find_deep_key(std::string_view text);

}  // namespace lamppost::config
