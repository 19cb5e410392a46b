// SPDX-License-Identifier: Apache-2.0
// What is wrong with a text file a person wrote, and where: `file:line:col: error: text`, the line,
// a caret and a hint. `check` prints all findings at once.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace lamppost {

// A place in a file. line and column count from 1; 0 means the file as a whole.
struct Where {
  std::string file;
  int line = 0;
  int column = 0;
  std::string excerpt;  // the whole line, without its end

  friend bool operator==(const Where&, const Where&) = default;
};

enum class Severity { kError, kWarning };

struct Finding {
  Severity severity = Severity::kError;
  Where where;
  std::string text;
  std::string hint;  // "" or a sentence: `did you mean "pm25"?`
};

// "file:3:8: error: text\n    3 | line\n      |        ^ hint\n"
std::string to_text(const Finding& finding);

class Findings {
 public:
  // What is known of the same place already, because two mappings saw it, is not said again.
  void error(Where where, std::string text, std::string hint = "");
  void warning(Where where, std::string text, std::string hint = "");
  const std::vector<Finding>& all() const { return all_; }
  std::size_t errors() const { return errors_; }
  bool ok() const { return errors_ == 0; }
  // All findings in the order file, line, column.
  std::string to_text() const;

 private:
  void add(Finding finding);

  std::vector<Finding> all_;
  std::size_t errors_ = 0;
};

// Start-up cannot go on: a wrong option, an unusable file. Carries the printed findings.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace lamppost
