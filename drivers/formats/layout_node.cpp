// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/layout_node.h"

#include <algorithm>

#include "core/suggest.h"
#include "drivers/driver.h"
#include "drivers/formats/pointer.h"

namespace lamppost::formats {
namespace {

Node below(const std::string& pointer, std::string_view token, const Json& json) {
  std::string longer = pointer;
  append_token(longer, token);
  return {json, std::move(longer)};
}

}  // namespace

void Node::fail(const std::string& text) const {
  throw OptionError(pointer_.empty() ? "/" : pointer_, text);
}

std::optional<Node> Node::find(std::string_view key) const {
  if (!json_->is_object()) fail("expected a table");
  const auto found = json_->find(std::string(key));
  if (found == json_->end()) return std::nullopt;
  return below(pointer_, key, *found);
}

Node Node::need(std::string_view key) const {
  if (auto found = find(key)) return *found;
  fail("needs " + std::string(key));
}

void Node::only(const std::vector<std::string_view>& keys) const {
  if (!json_->is_object()) fail("expected a table");
  for (const auto& [key, value] : json_->items()) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    below(pointer_, key, value)
        .fail("unknown key \"" + key + "\"; " + suggest(key, {keys.begin(), keys.end()}));
  }
}

std::vector<std::pair<std::string, Node>> Node::members() const {
  if (!json_->is_object()) fail("expected a table");
  std::vector<std::pair<std::string, Node>> all;
  for (const auto& item : json_->items())
    all.emplace_back(item.key(), below(pointer_, item.key(), item.value()));
  return all;
}

std::vector<Node> Node::elements() const {
  if (!json_->is_array()) fail("expected a list");
  std::vector<Node> all;
  for (std::size_t i = 0; i < json_->size(); ++i)
    all.push_back(below(pointer_, std::to_string(i), (*json_)[i]));
  return all;
}

std::vector<Node> Node::one_or_more() const {
  if (json_->is_array()) return elements();
  return {*this};
}

std::vector<Node> Node::list(std::string_view key) const {
  const auto found = find(key);
  return found ? found->elements() : std::vector<Node>{};
}

std::string Node::text() const {
  if (!json_->is_string()) fail("expected a text");
  return json_->get<std::string>();
}

bool Node::boolean() const {
  if (!json_->is_boolean()) fail("expected true or false");
  return json_->get<bool>();
}

double Node::number() const {
  if (!json_->is_number()) fail("expected a number");
  return json_->get<double>();
}

std::int64_t Node::integer(std::int64_t least, std::int64_t most) const {
  if (json_->is_number_integer())
    if (const auto value = json_->get<std::int64_t>(); value >= least && value <= most)
      return value;
  fail("expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

std::size_t Node::size(std::int64_t least, std::int64_t most) const {
  return static_cast<std::size_t>(integer(least, most));
}

std::vector<std::int64_t> Node::integers() const {
  if (!json_->is_array()) return {integer(INT64_MIN, INT64_MAX)};
  std::vector<std::int64_t> all;
  for (const Node& one : elements()) all.push_back(one.integer(INT64_MIN, INT64_MAX));
  return all;
}

std::vector<double> Node::numbers() const {
  std::vector<double> all;
  for (const Node& one : elements()) all.push_back(one.number());
  return all;
}

}  // namespace lamppost::formats
