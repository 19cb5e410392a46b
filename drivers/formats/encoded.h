// SPDX-License-Identifier: Apache-2.0
// Bytes written as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lamppost::formats {

// Base64 in either alphabet of RFC 4648 (sections 4 and 5); padding may be missing, as some network
// servers leave it out. nullopt for everything else.
std::optional<std::string> decode_base64(std::string_view text);

// Pairs of hexadecimal digits in either case; blanks between them are passed over.
std::optional<std::string> decode_hex(std::string_view text);

std::string encode_hex(std::string_view bytes);  // lower case

}  // namespace lamppost::formats
