// SPDX-License-Identifier: Apache-2.0
#include "cli/toml_text.h"

#include <algorithm>

#include "core/ascii.h"
#include "core/json_text.h"

namespace lamppost::cli {

// JSON's strings, numbers, booleans and arrays are TOML's; of an object the colons are not.
std::string toml_of(const Json& value) {
  std::string text;
  if (value.is_object()) {
    for (const auto& [key, member] : value.items())
      text += (text.empty() ? "{ " : ", ") + toml_of(key) + " = " + toml_of(member);
    return text.empty() ? "{}" : text + " }";
  }
  if (value.is_array()) {
    for (const Json& member : value) text += (text.empty() ? "[" : ", ") + toml_of(member);
    return text.empty() ? "[]" : text + "]";
  }
  append_json(text, value);
  return text;
}

std::string key_of(const std::string& name) {
  const bool bare = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '-';
  });
  return bare ? name : toml_of(name);
}

}  // namespace lamppost::cli
