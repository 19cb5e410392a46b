// SPDX-License-Identifier: Apache-2.0
// A place in the text of a layout: its value, and the JSON pointer to it for findings.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"

namespace lamppost::formats {

// Every getter throws OptionError, with pointer() as the option, when the value is of another kind.
class Node {
 public:
  Node(const Json& json, std::string pointer) : json_(&json), pointer_(std::move(pointer)) {}

  [[noreturn]] void fail(const std::string& text) const;

  std::optional<Node> find(std::string_view key) const;
  Node need(std::string_view key) const;
  // Fails at a key that is not among these.
  void only(const std::vector<std::string_view>& keys) const;
  std::vector<std::pair<std::string, Node>> members() const;
  std::vector<Node> elements() const;
  std::vector<Node> one_or_more() const;               // a table, or a list of tables
  std::vector<Node> list(std::string_view key) const;  // none when the key is absent

  const Json& json() const { return *json_; }
  std::string text() const;
  bool boolean() const;
  double number() const;
  std::int64_t integer(std::int64_t least, std::int64_t most) const;
  // The same for what is counted in bytes or items; `least` is not negative.
  std::size_t size(std::int64_t least, std::int64_t most) const;
  std::vector<std::int64_t> integers() const;  // one, or a list
  std::vector<double> numbers() const;

 private:
  const Json* json_;
  std::string pointer_;
};

}  // namespace lamppost::formats
