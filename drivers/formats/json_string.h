// SPDX-License-Identifier: Apache-2.0
// What stands between the quotes of a JSON string (RFC 8259, section 7).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lamppost::formats {

// Value of the four hexadecimal digits at raw[at], which were checked before.
unsigned utf16_unit(std::string_view raw, std::size_t at);

inline bool is_high_surrogate(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }
inline bool is_low_surrogate(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }

// Replaces `out` by the text that `raw` means. The escapes in `raw` were checked before.
void unescape(std::string_view raw, std::string& out);

}  // namespace lamppost::formats
