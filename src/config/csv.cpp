// SPDX-License-Identifier: Apache-2.0
#include "config/csv.h"

namespace lamppost::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMaxFields = 256;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

CsvReader::CsvReader(std::string_view text) : text_(text) {
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
}

bool CsvReader::at_line_end() const {
  return at_end() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
}

void CsvReader::advance() {
  if (text_[at_] == '\n') {
    ++line_;
    column_ = 1;
  } else if (!continues_character(text_[at_])) {
    ++column_;
  }
  ++at_;
}

void CsvReader::skip_line_end() {
  if (!at_end() && text_[at_] == '\r') advance();
  if (!at_end()) advance();
}

bool CsvReader::fail(std::string text, int line, int column) {
  problem_ = Problem{std::move(text), line, column};
  return false;
}

bool CsvReader::read_plain(CsvField& field) {
  while (!at_line_end() && text_[at_] != ',') {
    if (text_[at_] == '"')
      return fail("a quote inside a field: put the field in quotes and double it", line_, column_);
    field.text += text_[at_];
    advance();
  }
  return true;
}

bool CsvReader::read_quoted(CsvField& field) {
  field.quoted = true;
  for (advance(); !at_end(); advance()) {
    if (text_[at_] == '"') {
      advance();
      if (at_line_end() || text_[at_] == ',') return true;
      if (text_[at_] != '"')
        return fail("expected a comma after the closing quote", line_, column_);
    }
    field.text += text_[at_];
  }
  return fail("the closing quote is missing", field.line, field.column);
}

bool CsvReader::read_field(CsvField& field) {
  field.line = line_;
  field.column = column_;
  return !at_end() && text_[at_] == '"' ? read_quoted(field) : read_plain(field);
}

bool CsvReader::next(std::vector<CsvField>& record) {
  record.clear();
  while (!at_end() && at_line_end()) skip_line_end();
  if (at_end() || problem_) return false;
  while (true) {
    if (record.size() == kMaxFields) return fail("more than 256 fields", line_, column_);
    if (!read_field(record.emplace_back())) return false;
    if (at_line_end()) break;
    advance();  // the comma
  }
  skip_line_end();
  return true;
}

}  // namespace lamppost::config
