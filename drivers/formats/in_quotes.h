// SPDX-License-Identifier: Apache-2.0
// Text from outside, for the text of an error.
#pragma once

#include <string>
#include <string_view>

#include "core/json_text.h"

namespace lamppost::formats {

// In quotes, as JSON writes it, at most 60 bytes of it. A character that the cut halves becomes
// U+FFFD.
inline std::string in_quotes(std::string_view text) {
  std::string shown;
  append_string(shown, text.substr(0, 60));
  return shown;
}

}  // namespace lamppost::formats
