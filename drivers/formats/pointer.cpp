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

const Json* child(const Json& tree, const std::string& token) {
  if (tree.is_object()) {
    const auto found = tree.find(token);
    return found == tree.end() ? nullptr : &*found;
  }
  const auto index = tree.is_array() ? array_index(token) : std::nullopt;
  return index && *index < tree.size() ? &tree[*index] : nullptr;
}

}  // namespace

std::optional<std::size_t> array_index(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token[0] == '0')) return std::nullopt;
  std::size_t index = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, fault] = std::from_chars(token.data(), end, index);
  if (fault != std::errc() || stop != end) return std::nullopt;
  return index;
}

std::optional<Pointer> parse_pointer(std::string_view text) {
  Pointer pointer{std::string(text), {}};
  if (!text.empty() && text[0] != '/') return std::nullopt;
  while (!text.empty()) {
    text.remove_prefix(1);
    const auto end = std::min(text.find('/'), text.size());
    auto token = unescaped(text.substr(0, end));
    if (!token) return std::nullopt;
    pointer.tokens.push_back(std::move(*token));
    text.remove_prefix(end);
  }
  return pointer;
}

std::string check_pointer(std::string_view text) {
  const std::string quoted = '"' + std::string(text) + '"';
  if (!text.empty() && text[0] != '/')
    return quoted + " is no JSON pointer; write \"" + likely_pointer(text) + '"';
  if (!parse_pointer(text))
    return quoted + " is no JSON pointer: \"~\" is written \"~0\", and \"/\" in a key \"~1\"";
  return "";
}

const Json* find(const Json& tree, const Pointer& pointer) {
  const Json* at = &tree;
  for (const std::string& token : pointer.tokens) {
    at = child(*at, token);
    if (at == nullptr) break;
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
