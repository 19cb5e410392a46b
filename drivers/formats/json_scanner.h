// SPDX-License-Identifier: Apache-2.0
// A strict reader of JSON text (RFC 8259) that hands out what its caller asks for and checks the
// rest without building it. Nothing beyond the grammar is accepted: no comments, no trailing
// commas, no NaN, no invalid UTF-8, no lone surrogates. A byte order mark in front is skipped.
//
//   JsonScanner in(text);
//   bool good = in.object([&](std::string_view key) { return in.skip(); }) && in.end();
//   if (!good) return in.error();
//
// Every function returns false once something is wrong; the first fault is kept.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace lamppost::formats {

class JsonScanner {
 public:
  // Arrays and objects within each other. Deeper text is refused, so recursion over what was read
  // is bounded.
  static constexpr int kMaxDepth = 64;

  // `text` is not copied.
  explicit JsonScanner(std::string_view text);

  bool at_object() { return peek() == '{'; }
  bool at_array() { return peek() == '['; }

  // Reads an object or array; the callback has to read exactly one value. `key` is valid until
  // the callback reads that value.
  template <typename Member>  // bool(std::string_view key)
  bool object(Member member);
  template <typename Element>  // bool()
  bool array(Element element);

  bool value(Json& out);  // any value as a tree; of a repeated key the last one wins
  bool skip();            // any value
  bool end();             // nothing but blanks is left

  std::size_t offset() const { return at_; }  // bytes read, from 0
  bool failed() const { return failed_; }
  Error error() const { return Error{Fault::kMalformed, "not JSON: " + fault_, ""}; }

 private:
  struct Text {
    std::string_view raw;  // between the quotes, as written
    bool escaped = false;
  };

  char peek();  // first byte of what comes next, '\0' at the end
  bool open(char bracket);
  bool first(char close);    // false when the bracket closes at once
  bool another(char close);  // after a value: true on ",", false on `close` or a fault
  bool key(std::string_view& out);
  bool text(Text& out);
  bool escape();
  bool hex4(unsigned& unit);
  bool number(std::string_view& out);
  bool digits();
  bool literal(std::string_view word);
  bool string_value(Json& out);
  bool number_value(Json& out);

  bool fail(std::string what);
  bool unexpected(std::string_view expected);

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
  std::string key_;  // a key that had escapes
  std::string fault_;
};

template <typename Member>
bool JsonScanner::object(Member member) {
  if (!open('{')) return false;
  if (!first('}')) return true;
  do {
    std::string_view name;
    if (!key(name) || !member(name)) return false;
  } while (another('}'));
  return !failed_;
}

template <typename Element>
bool JsonScanner::array(Element element) {
  if (!open('[')) return false;
  if (!first(']')) return true;
  do {
    if (!element()) return false;
  } while (another(']'));
  return !failed_;
}

}  // namespace lamppost::formats
