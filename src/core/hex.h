// SPDX-License-Identifier: Apache-2.0
// Bytes as pairs of hexadecimal digits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lamppost {

std::string to_hex(std::string_view bytes);  // lower case

// Digits in either case; blanks between pairs are passed over. nullopt for everything else, ...
std::optional<std::string> from_hex(std::string_view text);
// ... for this reason: `expected hexadecimal digits, not "x"` or `an odd number of digits`.
std::string hex_fault(std::string_view text);

}  // namespace lamppost
