// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/pointer.h"

#include <algorithm>
#include <charconv>

namespace lamppost::formats {
namespace {

// nullopt when a "~" is followed by neither 0 nor 1.
std::optional<std::string> unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out += token[i];
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return std::nullopt;
    out += token[i] == '0' ? '~' : '/';
  }
  return out;
}

// What somebody who wrote "t", "$.a.b" or "ENERGY.Total" most likely means.
std::string likely_pointer(std::string_view text) {
  if (text.starts_with("$.")) text.remove_prefix(2);
  std::string pointer = "/" + std::string(text);
  std::replace(pointer.begin() + 1, pointer.end(), '.', '/');
  return pointer;
}

}  // namespace

std::optional<std::vector<std::string>> pointer_tokens(std::string_view pointer) {
  std::vector<std::string> tokens;
  if (pointer.empty()) return tokens;
  if (pointer[0] != '/') return std::nullopt;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto end = std::min(pointer.find('/'), pointer.size());
    auto token = unescaped(pointer.substr(0, end));
    if (!token) return std::nullopt;
    tokens.push_back(std::move(*token));
    pointer.remove_prefix(end);
  }
  return tokens;
}

std::string check_pointer(std::string_view pointer) {
  const std::string quoted = '"' + std::string(pointer) + '"';
  if (!pointer.empty() && pointer[0] != '/')
    return quoted + " is no JSON pointer; write \"" + likely_pointer(pointer) + '"';
  if (!pointer_tokens(pointer))
    return quoted + " is no JSON pointer: \"~\" is written \"~0\", and \"/\" in a key \"~1\"";
  return "";
}

std::optional<std::size_t> array_index(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token[0] == '0')) return std::nullopt;
  std::size_t index = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, fault] = std::from_chars(token.data(), end, index);
  if (fault != std::errc() || stop != end) return std::nullopt;
  return index;
}

const Json* find(const Json& tree, const std::vector<std::string>& tokens) {
  const Json* at = &tree;
  for (const std::string& token : tokens) {
    const auto index = array_index(token);
    if (at->is_object() && at->contains(token))
      at = &(*at)[token];
    else if (at->is_array() && index && *index < at->size())
      at = &(*at)[*index];
    else
      return nullptr;
  }
  return at;
}

void append_token(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (const char c : token) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
}

}  // namespace lamppost::formats
