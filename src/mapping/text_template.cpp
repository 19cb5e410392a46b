// SPDX-License-Identifier: Apache-2.0
#include "mapping/text_template.h"

namespace lamppost::mapping {

Result<TextTemplate> TextTemplate::parse(std::string_view text) {
  TextTemplate result;
  while (!text.empty()) {
    const std::size_t brace = text.find_first_of("{}");
    if (brace > 0) result.pieces_.push_back({false, std::string(text.substr(0, brace))});
    if (brace == text.npos) return result;
    if (text[brace] == '}') return Error{Fault::kMalformed, "has a \"}\" without \"{\"", ""};
    text.remove_prefix(brace + 1);
    const std::size_t end = text.find_first_of("{}");
    if (end == text.npos || text[end] == '{')
      return Error{Fault::kMalformed, "has a \"{\" without \"}\"", ""};
    if (end == 0) return Error{Fault::kMalformed, "has an empty capture {}", ""};
    result.pieces_.push_back({true, std::string(text.substr(0, end))});
    text.remove_prefix(end + 1);
  }
  return result;
}

Result<std::string> TextTemplate::expand(
    const std::vector<std::pair<std::string, std::string>>& captures) const {
  std::string text;
  for (const Piece& piece : pieces_) {
    if (!piece.is_capture) {
      text += piece.text;
      continue;
    }
    const std::string* value = nullptr;
    for (const auto& [name, held] : captures)
      if (name == piece.text) value = &held;
    if (value == nullptr)
      return Error{Fault::kMalformed, "the payload has nothing for {" + piece.text + "}", ""};
    text += *value;
  }
  return text;
}

std::vector<std::string> TextTemplate::capture_names() const {
  std::vector<std::string> names;
  for (const Piece& piece : pieces_)
    if (piece.is_capture) names.push_back(piece.text);
  return names;
}

}  // namespace lamppost::mapping
