// SPDX-License-Identifier: Apache-2.0
#include "status/exposition.h"

#include "core/json_text.h"

namespace lamppost::status {
namespace {

// OpenMetrics 1.0, "Escaping": backslash, double quote and line feed, nothing else.
void append_escaped(std::string& out, std::string_view text) {
  std::string valid;
  if (!is_utf8(text)) {
    std::string quoted;
    append_string(quoted, text);
    valid = Json::parse(quoted).get<std::string>();
    text = valid;
  }
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
}

}  // namespace

void Exposition::counter(std::string_view name, std::string_view unit, std::string_view help) {
  family("counter", name, unit, help);
  suffix_ = "_total";
}

void Exposition::gauge(std::string_view name, std::string_view unit, std::string_view help) {
  family("gauge", name, unit, help);
}

void Exposition::histogram(std::string_view name, std::string_view unit, std::string_view help) {
  family("histogram", name, unit, help);
}

void Exposition::info(std::string_view name, std::string_view help) {
  family("info", name, "", help);
  suffix_ = "_info";
}

void Exposition::family(std::string_view type, std::string_view name, std::string_view unit,
                        std::string_view help) {
  name_ = name;
  suffix_.clear();
  text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  if (!unit.empty()) text_.append("# UNIT ").append(name).append(" ").append(unit).append("\n");
  text_.append("# HELP ").append(name).append(" ");
  append_escaped(text_, help);
  text_ += '\n';
}

void Exposition::begin_sample(const Labels& labels, std::string_view suffix) {
  text_.append(name_).append(suffix_).append(suffix);
  if (!labels.empty()) {
    char before = '{';
    for (const auto& [label, value] : labels) {
      text_ += before;
      text_.append(label).append("=\"");
      append_escaped(text_, value);
      text_ += '"';
      before = ',';
    }
    text_ += '}';
  }
  text_ += ' ';
}

void Exposition::sample(std::uint64_t value, const Labels& labels, std::string_view suffix) {
  begin_sample(labels, suffix);
  text_.append(std::to_string(value)).append("\n");
}

void Exposition::sample(double value, const Labels& labels, std::string_view suffix) {
  begin_sample(labels, suffix);
  append_number(text_, value);
  text_ += '\n';
}

std::string Exposition::finish() && {
  text_ += "# EOF\n";
  return std::move(text_);
}

}  // namespace lamppost::status
