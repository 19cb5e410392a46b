// SPDX-License-Identifier: Apache-2.0
#include "config/section.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "config/quantity.h"
#include "config/wording.h"
#include "core/suggest.h"

namespace lamppost::config {
namespace {

// "0s..1h" -> {"0s", "1h"}; integers alike.
std::pair<std::string_view, std::string_view> limits(const Option& option) {
  const std::size_t dots = option.accepts.find("..");
  assert(dots != std::string_view::npos);
  return {option.accepts.substr(0, dots), option.accepts.substr(dots + 2)};
}

std::int64_t to_integer(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The option of another group that has this key, when only the type of the section is wrong.
const Option* sibling_option(std::string_view group, std::string_view key) {
  const std::string_view family = group.substr(0, group.find('.'));
  for (const auto& option : options())
    if (option.key == key && option.section.substr(0, option.section.find('.')) == family)
      return &option;
  return nullptr;
}

std::string heading_of(std::string_view section) {
  for (const auto& known : sections())
    if (known.name == section) return std::string(known.heading);
  return "";
}

}  // namespace

Section::Section(Loading& loading, std::string title, Layers layers, Where where,
                 std::vector<std::string_view> groups)
    : loading_(&loading),
      title_(std::move(title)),
      layers_(std::move(layers)),
      where_(std::move(where)),
      groups_(std::move(groups)) {}

void Section::refuse_unknown_keys(std::string_view answered) const {
  std::vector<std::string> known;
  for (const auto group : groups_)
    for (const auto& option : options())
      if (option.section == group) known.emplace_back(option.key);
  for (const Entry& entry : layers_.entries()) {
    const std::string key(entry.key->str());
    if (key == answered || std::find(known.begin(), known.end(), key) != known.end()) continue;
    const Where at = loading_->documents.where(*entry.key);
    if (const Option* other = sibling_option(groups_.front(), key))
      loading_->findings.error(at, in_quotes(key) + " belongs to " + heading_of(other->section));
    else
      loading_->findings.error(at, "unknown key " + in_quotes(key) + " in " + title_,
                               suggest(key, known));
  }
}

Where Section::where(std::string_view key) const {
  const Entry entry = layers_.find(key);
  return entry ? loading_->documents.where(*entry.node) : where_;
}

const Option& Section::option(std::string_view key) const {
  for (const auto group : groups_)
    if (const Option* found = find_option(group, key)) return *found;
  assert(!"the loader asks for an option that is not in the table");
  std::abort();
}

Entry Section::look(const Option& option) const {
  const Entry entry = layers_.find(option.key);
  if (!entry && option.required() && !layers_.incomplete)
    loading_->findings.error(
        where_, title_ + " needs " + std::string(option.key),
        "add " + std::string(option.key) + " = " + std::string(option.example));
  return entry;
}

void Section::error(std::string_view key, std::string text, std::string hint) const {
  loading_->findings.error(where(key), std::string(key) + ": " + std::move(text), std::move(hint));
}

void Section::wrong(const Option& option, const toml::node& node) const {
  loading_->findings.error(
      loading_->documents.where(node),
      std::string(option.key) + ": expected " + expected(option) + ", not " + seen(node),
      hint_for(option, node));
}

// A text that logs and headers may carry: no control characters.
bool Section::plain_text(const Option& option, const toml::node& node) const {
  const auto* text = node.as_string();
  if (text == nullptr) {
    wrong(option, node);
    return false;
  }
  const std::string& value = text->get();
  const bool plain = std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
  if (!plain)
    loading_->findings.error(loading_->documents.where(node),
                             std::string(option.key) + ": holds a control character");
  return plain;
}

Located<std::string> Section::text(std::string_view key) const {
  const Option& wanted = option(key);
  const Entry entry = look(wanted);
  if (!entry || !plain_text(wanted, *entry.node))
    return {std::string(wanted.written_default()), entry ? where(key) : Where{}};
  return {entry.node->as_string()->get(), where(key)};
}

std::string Section::word(std::string_view key) const {
  const Option& wanted = option(key);
  const Entry entry = look(wanted);
  if (!entry) return std::string(wanted.written_default());
  if (const auto* text = entry.node->as_string())
    for (const auto& known : wanted.words())
      if (known == text->get()) return known;
  wrong(wanted, *entry.node);
  return std::string(wanted.written_default());
}

std::optional<int> Section::optional_integer(std::string_view key) const {
  const Option& wanted = option(key);
  const Entry entry = look(wanted);
  if (!entry) return std::nullopt;
  const auto [least, most] = limits(wanted);
  if (const auto* number = entry.node->as_integer())
    if (number->get() >= to_integer(least) && number->get() <= to_integer(most))
      return static_cast<int>(number->get());
  wrong(wanted, *entry.node);
  return std::nullopt;
}

int Section::integer(std::string_view key) const {
  if (const auto number = optional_integer(key)) return *number;
  return static_cast<int>(to_integer(option(key).written_default()));
}

std::optional<double> Section::optional_number(std::string_view key) const {
  const Option& wanted = option(key);
  const Entry entry = look(wanted);
  if (!entry) return std::nullopt;
  if (const auto* whole = entry.node->as_integer()) return static_cast<double>(whole->get());
  if (const auto* real = entry.node->as_floating_point(); real && std::isfinite(real->get()))
    return real->get();
  wrong(wanted, *entry.node);
  return std::nullopt;
}

template <typename Amount, typename Parse>
Amount Section::amount(std::string_view key, Parse parse) const {
  const Option& wanted = option(key);
  const Amount fallback = parse(wanted.written_default()).value_or(Amount{});
  const Entry entry = look(wanted);
  if (!entry) return fallback;
  const auto* text = entry.node->as_string();
  const auto value = text != nullptr ? parse(text->get()) : std::nullopt;
  if (!value) {
    wrong(wanted, *entry.node);
    return fallback;
  }
  const auto [least, most] = limits(wanted);
  if (*value >= *parse(least) && *value <= *parse(most)) return *value;
  error(key, "expected " + expected_within(wanted) + ", not " + in_quotes(text->get()));
  return fallback;
}

Milliseconds Section::duration(std::string_view key) const {
  return amount<Milliseconds>(key, parse_duration);
}

std::uint64_t Section::size(std::string_view key) const {
  return amount<std::uint64_t>(key, parse_size);
}

std::vector<Located<std::string>> Section::texts(std::string_view key) const {
  const Option& wanted = option(key);
  const Entry entry = look(wanted);
  std::vector<Located<std::string>> list;
  if (!entry) {
    if (!wanted.written_default().empty())
      list.push_back({std::string(wanted.written_default()), where_});
    return list;
  }
  const auto* array = entry.node->as_array();
  if (array == nullptr) {
    wrong(wanted, *entry.node);
    return list;
  }
  for (const auto& item : *array)
    if (plain_text(wanted, item))
      list.push_back({item.as_string()->get(), loading_->documents.where(item)});
  return list;
}

Located<std::string> Section::url(std::string_view key, std::optional<Url>& parts) const {
  const Option& wanted = option(key);
  const Entry entry = look(wanted);
  if (!entry || !plain_text(wanted, *entry.node)) return {"", where(key)};
  Located<std::string> written{entry.node->as_string()->get(), where(key)};
  std::string problem;
  auto url = parse_url(written.value, problem);
  if (!url) {
    error(key, "expected " + expected(wanted) + ": " + problem);
    return {"", written.where};
  }
  const auto schemes = wanted.words();
  if (std::find(schemes.begin(), schemes.end(), url->scheme) == schemes.end()) {
    error(key,
          "expected a URL that begins with " + one_of(schemes) + ", not " + in_quotes(url->scheme),
          suggest(url->scheme, schemes));
    return {"", written.where};
  }
  parts = std::move(url);
  return written;
}

std::optional<Json> Section::position(std::string_view key) const {
  const Entry entry = look(option(key));
  return entry ? read_position(*loading_, key, *entry.node) : std::nullopt;
}

std::optional<Section> Section::table(std::string_view key,
                                      std::vector<std::string_view> groups) const {
  const Option& wanted = option(key);
  const Entry entry = look(wanted);
  if (!entry) return std::nullopt;
  if (entry.node->as_table() == nullptr) {
    wrong(wanted, *entry.node);
    return std::nullopt;
  }
  return Section(*loading_, std::string(key), layers_.at(key), where(key), std::move(groups));
}

std::vector<const toml::table*> Section::tables(std::string_view key) const {
  const Option& wanted = option(key);
  const Entry entry = look(wanted);
  std::vector<const toml::table*> list;
  if (!entry) return list;
  const auto* array = entry.node->as_array();
  if (array == nullptr) wrong(wanted, *entry.node);
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    if (const auto* table = array->get(i)->as_table())
      list.push_back(table);
    else
      wrong(wanted, *array->get(i));
  }
  return list;
}

}  // namespace lamppost::config
