// SPDX-License-Identifier: Apache-2.0
#include "config/wording.h"

#include <algorithm>

#include "config/quantity.h"
#include "core/json_text.h"
#include "core/log.h"
#include "core/suggest.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxQuoted = 160;

// "0..2" -> "from 0 to 2".
std::string range(std::string_view accepts) {
  const std::size_t dots = accepts.find("..");
  if (dots == std::string_view::npos) return "";
  return "from " + std::string(accepts.substr(0, dots)) + " to " +
         std::string(accepts.substr(dots + 2));
}

std::string meant(const Option& option, std::string_view text) {
  return option.kind == Kind::kDuration ? meant_duration(text) : meant_size(text);
}

bool is_amount(const Option& option, std::string_view text) {
  return option.kind == Kind::kDuration ? parse_duration(text).has_value()
                                        : parse_size(text).has_value();
}

std::string with_range(const Option& option, const std::string& sentence) {
  const std::string limits = range(option.accepts);
  return limits.empty() ? sentence : sentence + " " + limits;
}

std::string expected_amount(const Option& option) {
  return option.kind == Kind::kDuration ? R"(a duration such as "500ms", "2s", "10min" or "7d")"
                                        : R"(a size such as "100B", "64KiB", "10MiB" or "2GiB")";
}

// A bare number takes the unit in which the option's default is written.
std::string hint_for_amount(const Option& option, const toml::node& node) {
  if (const auto* integer = node.as_integer(); integer != nullptr && integer->get() >= 0) {
    std::string unit = "B";
    const std::string_view fallback = option.written_default();
    if (option.kind == Kind::kDuration)
      unit = fallback.empty() ? "s" : fallback.substr(fallback.find_first_not_of("0123456789"));
    return "write the unit: \"" + std::to_string(integer->get()) + unit + "\"";
  }
  if (const auto* text = node.as_string(); text != nullptr && !is_amount(option, text->get()))
    if (const std::string right = meant(option, text->get()); !right.empty())
      return "did you mean \"" + right + "\"?";
  return "";
}

std::string plain(const toml::node& node) {
  const Json value = to_json(node);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::string expected(const Option& option) {
  const std::string example(option.example);
  switch (option.kind) {
    case Kind::kWord:
      return (option.words().size() > 2 ? "one of " : "") + one_of(option.words());
    case Kind::kInteger:
      return with_range(option, "an integer");
    case Kind::kNumber:
      return "a number such as " + example;
    case Kind::kDuration:
    case Kind::kSize:
      return expected_amount(option);
    case Kind::kUrl:
      return "a URL such as " + example;
    case Kind::kFile:
    case Kind::kSecretFile:
    case Kind::kPath:
      return "a file name such as " + example;
    case Kind::kTexts:
      return "a list of texts such as " + example;
    case Kind::kPosition:
      return "[longitude, latitude] such as " + example;
    case Kind::kTable:
      return "a table such as " + example;
    case Kind::kTables:
      return "blocks headed " + example;
    case Kind::kValues:
      return "a number, a text, true, false or a list of them";
    case Kind::kText:
    case Kind::kValue:
      break;
  }
  return "a text such as " + example;
}

std::string expected_within(const Option& option) {
  return with_range(option, option.kind == Kind::kDuration ? "a duration" : "a size");
}

std::string seen(const toml::node& node) {
  if (node.is_table()) return "a table";
  if (node.is_array()) return "a list";
  if (node.is_string()) return "the text " + in_quotes(node.as_string()->get());
  if (node.is_integer()) return "the integer " + plain(node);
  if (node.is_boolean()) return plain(node);
  if (const auto* real = node.as_floating_point()) {
    const Json value = to_json(*real);
    return value.is_null() ? "a number that is not finite" : "the number " + value.dump();
  }
  return "the date or time " + plain(node);
}

std::string in_quotes(std::string_view text) {
  const bool clean = is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
                       return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
                     });
  if (clean && text.size() <= kMaxQuoted) return "\"" + std::string(text) + "\"";
  return "\"" + printable(text, kMaxQuoted) + "\"";
}

std::string one_of(const std::vector<std::string>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) list += i + 1 == words.size() ? " or " : ", ";
    list += "\"" + words[i] + "\"";
  }
  return list;
}

std::string hint_for(const Option& option, const toml::node& node) {
  if (option.kind == Kind::kDuration || option.kind == Kind::kSize)
    return hint_for_amount(option, node);
  if (option.kind == Kind::kWord && node.is_value()) {
    const std::string hint = suggest(plain(node), option.words());
    return hint.starts_with("did") ? hint : "";
  }
  const bool wants_text = option.kind == Kind::kText || option.kind == Kind::kFile ||
                          option.kind == Kind::kSecretFile || option.kind == Kind::kPath;
  if (wants_text && node.is_value()) return "write it in quotes: \"" + plain(node) + "\"";
  const std::string written = node.is_string() ? plain(node) : "";
  if (option.kind == Kind::kInteger && !written.empty() &&
      written.find_first_not_of("0123456789") == written.npos)
    return "write it without quotes: " + printable(written, kMaxQuoted);
  if (option.kind == Kind::kTexts && node.is_string())
    return "write [" + in_quotes(plain(node)) + "]";
  return "";
}

std::string place(const Where& where) {
  if (where.line == 0) return where.file;
  return where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
}

}  // namespace lamppost::config
