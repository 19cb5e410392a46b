// SPDX-License-Identifier: Apache-2.0
// JSON pointers (RFC 6901): "/a~1b/0" is element 0 of member "a/b"; "" is the whole document.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace lamppost::formats {

struct Pointer {
  std::string text;
  std::vector<std::string> tokens;  // with ~0 and ~1 resolved
};

// nullopt when `text` is no pointer.
std::optional<Pointer> parse_pointer(std::string_view text);

// "" when `text` is a pointer, else why not and what to write instead.
std::string check_pointer(std::string_view text);

// Array index that a token means; nullopt for "-", leading zeros and anything else.
std::optional<std::size_t> array_index(std::string_view token);

// What the pointer leads to, nullptr when there is nothing.
const Json* find(const Json& tree, const Pointer& pointer);

// Appends "/token" with ~ and / escaped.
void append_token(std::string& pointer, std::string_view token);

}  // namespace lamppost::formats
