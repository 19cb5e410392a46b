// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"

#include <algorithm>
#include <charconv>

#include "core/suggest.h"

namespace lamppost::cli {
namespace {

const Option& find(std::string_view name, const std::vector<Option>& known) {
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const Option& option) { return option.name == name; });
  if (found != known.end()) return *found;
  std::vector<std::string> names;
  names.reserve(known.size());
  for (const auto& option : known) names.emplace_back(option.name);
  const std::string hint = suggest(name, names);
  throw UsageError("unknown option " + std::string(name) + (hint.empty() ? "" : ", " + hint));
}

}  // namespace

Arguments::Arguments(const std::vector<std::string>& words, const std::vector<Option>& known) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.size() < 3 || word.rfind("--", 0) != 0) {
      words_.push_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const Option& option = find(std::string_view(word).substr(0, equals), known);
    const std::string name(option.name);
    if (option.value.empty()) {
      if (equals != word.npos) throw UsageError(name + " takes no value");
      options_[name] = "";
    } else if (equals != word.npos) {
      options_[name] = word.substr(equals + 1);
    } else if (i + 1 < words.size()) {
      options_[name] = words[++i];
    } else {
      throw UsageError(std::string(name)
                           .append(" needs a value: ")
                           .append(name)
                           .append(" ")
                           .append(option.value));
    }
  }
}

bool Arguments::has(std::string_view option) const {
  return options_.find(option) != options_.end();
}

std::string Arguments::value(std::string_view option, const std::string& fallback) const {
  const auto found = options_.find(option);
  return found == options_.end() ? fallback : found->second;
}

int Arguments::number(std::string_view option, int least, int most) const {
  const std::string text = value(option);
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || number < least || number > most)
    throw UsageError(std::string(option) + " is a number from " + std::to_string(least) + " to " +
                     std::to_string(most));
  return number;
}

std::filesystem::path Arguments::config() const {
  return value("--config", "/etc/lamppost/lamppost.toml");
}

void Arguments::expect_words(std::size_t count) const {
  if (words_.size() > count) throw UsageError("unexpected word \"" + words_[count] + "\"");
}

}  // namespace lamppost::cli
