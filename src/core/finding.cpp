// SPDX-License-Identifier: Apache-2.0
#include "core/finding.h"

#include <algorithm>
#include <tuple>

namespace lamppost {

std::string to_text(const Finding& finding) {
  const auto& [file, line, column, excerpt] = finding.where;
  std::string text = file;
  if (line > 0) text += ":" + std::to_string(line) + ":" + std::to_string(column);
  text += finding.severity == Severity::kError ? ": error: " : ": warning: ";
  text += finding.text + "\n";
  if (line == 0) return finding.hint.empty() ? text : text + "  " + finding.hint + "\n";

  const std::string number = std::to_string(line);
  const std::string gutter(std::max<std::size_t>(5, number.size() + 1), ' ');
  text += gutter.substr(number.size()) + number + " | " + excerpt + "\n" + gutter + " | ";
  // Tabs stay tabs, so that the caret stands under its column on any terminal.
  for (int i = 0; i + 1 < column; ++i) {
    const auto at = static_cast<std::size_t>(i);
    text += at < excerpt.size() && excerpt[at] == '\t' ? '\t' : ' ';
  }
  text += finding.hint.empty() ? "^\n" : "^ " + finding.hint + "\n";
  return text;
}

void Findings::error(Where where, std::string text, std::string hint) {
  add({Severity::kError, std::move(where), std::move(text), std::move(hint)});
}

void Findings::warning(Where where, std::string text, std::string hint) {
  add({Severity::kWarning, std::move(where), std::move(text), std::move(hint)});
}

void Findings::add(Finding finding) {
  const bool known = std::any_of(all_.begin(), all_.end(), [&](const Finding& other) {
    return other.where == finding.where && other.text == finding.text;
  });
  if (known) return;
  if (finding.severity == Severity::kError) ++errors_;
  all_.push_back(std::move(finding));
}

std::string Findings::to_text() const {
  std::vector<const Finding*> ordered;
  for (const auto& finding : all_) ordered.push_back(&finding);
  std::stable_sort(ordered.begin(), ordered.end(), [](const Finding* a, const Finding* b) {
    return std::tie(a->where.file, a->where.line, a->where.column) <
           std::tie(b->where.file, b->where.line, b->where.column);
  });
  std::string text;
  for (const Finding* finding : ordered) text += lamppost::to_text(*finding);
  return text;
}

}  // namespace lamppost
