// SPDX-License-Identifier: Apache-2.0
#include "config/key_depth.h"

#include <algorithm>

namespace lamppost::config {
namespace {

// The offset behind the string that opens at `at` (TOML 1.0, "String"): one quote or three, and
// only double quotes know the backslash. An unclosed string on one line ends with the line.
std::size_t skip_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string_view triple = quote == '"' ? "\"\"\"" : "'''";
  const bool long_form = text.substr(at, 3) == triple;
  at += long_form ? 3 : 1;
  while (at < text.size()) {
    if (text[at] == '\\' && quote == '"') {
      at += 2;
    } else if (long_form ? text.substr(at, 3) == triple : text[at] == quote) {
      return at + (long_form ? 3 : 1);
    } else if (!long_form && text[at] == '\n') {
      return at;
    } else {
      ++at;
    }
  }
  return text.size();
}

}  // namespace

std::optional<std::size_t> find_deep_key(std::string_view text) {
  constexpr std::string_view kEndOfKey = "=,{}[]\n";
  int dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (kEndOfKey.find(c) != std::string_view::npos) dots = 0;
    if (c == '.' && ++dots >= kMaxKeyParts) return at;
    if (c == '#')
      at = std::min(text.find('\n', at), text.size());
    else
      at = c == '"' || c == '\'' ? skip_string(text, at) : at + 1;
  }
  return std::nullopt;
}

}  // namespace lamppost::config
