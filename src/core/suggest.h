// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the nearest known word to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lamppost {

// `did you mean "pm25"?` when a known word is near enough to be meant, else `known: a, b, c`
// (at most twelve, then "..."), else "" when nothing is known. Case and separators count little:
// "pm2_5" is near "pm25".
std::string suggest(std::string_view word, const std::vector<std::string>& known);

}  // namespace lamppost
