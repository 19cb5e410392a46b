// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/relaxed_json.h"

#include <algorithm>

#include "core/ascii.h"

namespace lamppost::formats {
namespace {

bool is_word(char c) {
  return is_alphanumeric(c) || c == '_' || c == '$' || c == '-' || c == '.' || c == '+';
}

// Bytes of the quoted string at the start of `text`, all of it when it does not close.
std::size_t quoted_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == text[0])
      return i + 1;
  }
  return text.size();
}

void append_double_quoted(std::string& out, std::string_view quoted) {
  out += '"';
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    const bool escaped_quote = quoted[i] == '\\' && quoted[i + 1] == '\'';
    if (escaped_quote) continue;
    const bool bare_quote = quoted[i] == '"' && quoted[i - 1] != '\\';
    if (bare_quote) out += '\\';
    out += quoted[i];
  }
  out += '"';
}

}  // namespace

std::size_t bracketed_length(std::string_view text) {
  std::size_t open = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\'') i += quoted_length(text.substr(i)) - 1;
    if (c == '{' || c == '[') ++open;
    if ((c == '}' || c == ']') && --open == 0) return i + 1;
  }
  return 0;
}

std::string strict_json(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = 1;
    if (text[0] == '\'' || text[0] == '"') {
      length = quoted_length(text);
      append_double_quoted(out, text.substr(0, length));
    } else if (is_word(text[0])) {
      length = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_word) -
                                        text.begin());
      const auto next = text.find_first_not_of(' ', length);
      const bool is_key = next != text.npos && text[next] == ':';
      if (is_key) out += '"';
      out += text.substr(0, length);
      if (is_key) out += '"';
    } else {
      out += text[0];
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace lamppost::formats
