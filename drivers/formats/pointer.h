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

// Tokens with ~0 and ~1 resolved; nullopt when `pointer` is none.
std::optional<std::vector<std::string>> pointer_tokens(std::string_view pointer);

// "" when `pointer` is one, else why not and what to write instead.
std::string check_pointer(std::string_view pointer);

// Array index that a token means; nullopt for "-", leading zeros and anything else.
std::optional<std::size_t> array_index(std::string_view token);

// What the tokens point at, nullptr when there is nothing.
const Json* find(const Json& tree, const std::vector<std::string>& tokens);

// Appends "/token" with ~ and / escaped.
void append_token(std::string& pointer, std::string_view token);

}  // namespace lamppost::formats
