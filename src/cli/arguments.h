// SPDX-License-Identifier: Apache-2.0
// A command line taken apart: --flag, --option VALUE, --option=VALUE and words.
#pragma once

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lamppost::cli {

// The command line is wrong; what() says how. Ends the program with kUsage.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Option {
  std::string_view name;      // "--config"
  std::string_view value;     // "FILE", "" for a flag
  std::string_view sentence;  // for help
};

class Arguments {
 public:
  // Throws UsageError for an option that is not among `known`, or one without its value.
  Arguments(const std::vector<std::string>& words, const std::vector<Option>& known);

  bool has(std::string_view option) const;
  std::string value(std::string_view option, const std::string& fallback = "") const;
  // A whole number from `least` to `most`; throws UsageError for anything else.
  int number(std::string_view option, int least, int most) const;
  const std::vector<std::string>& words() const { return words_; }
  // --config, else /etc/lamppost/lamppost.toml.
  std::filesystem::path config() const;
  // Throws UsageError when there are more words than `count`.
  void expect_words(std::size_t count) const;

 private:
  std::map<std::string, std::string, std::less<>> options_;
  std::vector<std::string> words_;
};

}  // namespace lamppost::cli
