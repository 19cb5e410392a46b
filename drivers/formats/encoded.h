// SPDX-License-Identifier: Apache-2.0
// Bytes written as text. In hexadecimal: core/hex.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lamppost::formats {

// Base64 in either alphabet of RFC 4648 (sections 4 and 5); padding may be missing, as some network
// servers leave it out. nullopt for everything else.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace lamppost::formats
