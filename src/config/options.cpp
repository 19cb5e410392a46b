// SPDX-License-Identifier: Apache-2.0
#include "config/options.h"

#include <algorithm>

namespace lamppost::config {
namespace {

constexpr std::size_t kReferenceWidth = 100;
constexpr std::string_view kIndent = "      ";

std::string kind_name(const Option& option) {
  switch (option.kind) {
    case Kind::kText:
      return "text";
    case Kind::kWord:
      return "one word";
    case Kind::kInteger:
      return "integer";
    case Kind::kNumber:
      return "number";
    case Kind::kDuration:
      return "duration";
    case Kind::kSize:
      return "size";
    case Kind::kUrl:
      return "URL";
    case Kind::kFile:
      return "file";
    case Kind::kSecretFile:
      return "secret file";
    case Kind::kPath:
      return "path";
    case Kind::kTexts:
      return "list of texts";
    case Kind::kPosition:
      return "position";
    case Kind::kTable:
      return "table";
    case Kind::kTables:
      return "tables";
    case Kind::kValues:
      return "value or list";
    case Kind::kValue:
      return "value";
  }
  return "";
}

bool is_quoted(Kind kind) {
  return kind != Kind::kInteger && kind != Kind::kNumber && kind != Kind::kTexts;
}

std::string default_text(const Option& option) {
  if (option.required()) return "required";
  const std::string text(option.fallback);
  if (text.starts_with('(')) return "default " + text.substr(1, text.size() - 2);
  if (option.kind == Kind::kTexts) return "default [\"" + text + "\"]";
  return is_quoted(option.kind) ? "default \"" + text + "\"" : "default " + text;
}

// Appends `text` after the indent, broken between words.
void append_wrapped(std::string& out, std::string_view text) {
  std::size_t column = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (column == 0 || column + 1 + word.size() > kReferenceWidth) {
      if (column > 0) out += '\n';
      out += kIndent;
      column = kIndent.size();
    } else {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  out += '\n';
}

void append_option(std::string& out, const Option& option) {
  std::string line = "  " + std::string(option.key);
  line.resize(std::max<std::size_t>(20, line.size() + 1), ' ');
  out += line + kind_name(option) + ", " + default_text(option) + "\n";
  append_wrapped(out, option.sentence);
  if (option.accepts.empty()) return;
  std::string accepts = "Accepts: " + std::string(option.accepts) + ".";
  std::replace(accepts.begin(), accepts.end(), '|', ' ');
  append_wrapped(out, accepts);
}

}  // namespace

std::string_view Option::written_default() const {
  return fallback.starts_with('(') ? std::string_view() : fallback;
}

std::vector<std::string> Option::words() const {
  std::vector<std::string> list;
  for (std::string_view rest = accepts; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find('|'));
    list.emplace_back(word);
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  }
  return list;
}

const Option* find_option(std::string_view section, std::string_view key) {
  for (const auto& option : options())
    if (option.section == section && option.key == key) return &option;
  return nullptr;
}

std::string option_reference() {
  std::string text;
  for (const auto& section : sections()) {
    text += (text.empty() ? "" : "\n") + std::string(section.heading) + "\n";
    for (const auto& option : options())
      if (option.section == section.name) append_option(text, option);
  }
  return text;
}

}  // namespace lamppost::config
