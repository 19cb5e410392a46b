// SPDX-License-Identifier: Apache-2.0
// Comma-separated values as RFC 4180 has them: fields may stand in quotes, a quote inside is
// doubled, quoted fields may hold commas and line ends. Lines end with LF or CRLF; empty lines are
// skipped.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lamppost::config {

struct CsvField {
  std::string text;
  bool quoted = false;  // written in quotes: a text even if it looks like a number
  int line = 0, column = 0;
};

// Reads one record after the other; the text must outlive it.
class CsvReader {
 public:
  // A leading UTF-8 byte order mark, which spreadsheets write, is skipped.
  explicit CsvReader(std::string_view text);

  // False at the end and after a problem.
  bool next(std::vector<CsvField>& record);

  struct Problem {
    std::string text;
    int line = 0, column = 0;
  };
  const std::optional<Problem>& problem() const { return problem_; }

 private:
  bool at_end() const { return at_ == text_.size(); }
  bool at_line_end() const;
  void advance();
  void skip_line_end();
  bool read_field(CsvField& field);
  bool read_quoted(CsvField& field);
  bool read_plain(CsvField& field);
  bool fail(std::string text, int line, int column);

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1, column_ = 1;  // columns count characters, as those of TOML do
  std::optional<Problem> problem_;
};

}  // namespace lamppost::config
