// SPDX-License-Identifier: Apache-2.0
#include "model/prose.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/ascii.h"
#include "core/units.h"

namespace lamppost::model {
namespace {

// Phrases in which no word is a name of Rec 20.
constexpr std::pair<std::string_view, std::string_view> kPhrases[] = {
    {"0 to 1", "C62"},
    {"-1 to +1", "C62"},
    {"celsius degree", "CEL"},
    {"degree celsius", "CEL"},
    {"degree centigrade", "CEL"},
    {"kelvin degree", "KEL"},
    {"degree", "DD"},
    {"litre per square metre", "MMT"},  // of rain
    {"hecto pascal", "A97"},
    {"volt ampere reactive", "D44"},
    {"kilovolt ampere reactive", "KVR"},
    {"volt ampere", "D46"},
    {"ampers", "AMP"},
    {"amper", "AMP"},
};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

// Lower case, one blank between words, in the singular, in British spelling: "Siemens per meter" is
// "siemens per metre", "cubic meters/hour" is "cubic metre per hour".
std::string words_of(std::string_view text) {
  std::string lower = to_lower(text);
  replace_all(lower, "/", " per ");
  if (!lower.starts_with('-')) replace_all(lower, "-", " ");
  std::string result, word;
  const auto end_word = [&] {
    if (word.size() > 3 && word.ends_with('s') && word != "siemens" && word != "celsius")
      word.pop_back();
    replace_all(word, "meter", "metre");
    replace_all(word, "liter", "litre");
    if (!word.empty()) (result += result.empty() ? "" : " ") += word;
    word.clear();
  };
  for (const char c : lower) {
    if (c == ' ' || c == '.')
      end_word();
    else
      word += c;
  }
  end_word();
  return result;
}

std::string without_brackets(std::string_view text) {
  return std::string(text.substr(0, std::min(text.find('('), text.size())));
}

// Of several units with one symbol, such as volt, volt AC and volt DC: the plainest.
std::string plainest(std::vector<Unit> units) {
  std::erase_if(units, [](const Unit& unit) { return unit.dimension.empty(); });
  const auto best = std::min_element(units.begin(), units.end(), [](const Unit& a, const Unit& b) {
    return a.name.size() < b.name.size();
  });
  return best == units.end() ? "" : std::string(best->code);
}

std::string code_of_words(const std::string& words) {
  for (const auto& [phrase, code] : kPhrases)
    if (phrase == words) return std::string(code);
  std::vector<Unit> units = all_units();
  std::erase_if(units,
                [&](const Unit& unit) { return words_of(without_brackets(unit.name)) != words; });
  return plainest(std::move(units));
}

std::string code_of_symbol(std::string symbol) {
  replace_all(symbol, " per ", "/");
  replace_all(symbol, "liter", "l");
  replace_all(symbol, "VAr", "var");
  if (symbol.size() > 1 && symbol.starts_with("w/")) symbol[0] = 'W';
  if (symbol.starts_with("Km")) symbol[0] = 'k';
  return plainest(units_written_as(symbol));
}

}  // namespace

std::optional<AttributeKind> kind_of_prose(std::string_view description) {
  const std::string lower = to_lower(description.substr(0, 40));
  const std::size_t begin = std::min(lower.find_first_not_of(' '), lower.size());
  const std::string_view start = std::string_view(lower).substr(begin);
  if (start.starts_with("relationship")) return AttributeKind::kRelationship;
  if (start.starts_with("geoproperty") || start.starts_with("geo-property"))
    return AttributeKind::kGeoProperty;
  if (start.starts_with("property")) return AttributeKind::kProperty;
  return std::nullopt;
}

std::string units_of_prose(std::string_view description) {
  for (const std::string_view mark : {"Units:'", "Unit:'", "Units: '", "Unit: '"}) {
    const std::size_t at = description.find(mark);
    if (at == description.npos) continue;
    const auto rest = description.substr(at + mark.size());
    return std::string(rest.substr(0, std::min(rest.find('\''), rest.size())));
  }
  return "";
}

std::string code_of_prose(std::string_view units) {
  if (units.empty() || units.size() > 200) return "";
  if (find_unit(units)) return std::string(units);
  const std::size_t open = units.find('('), close = units.find(')');
  if (open != units.npos && close != units.npos && close > open)
    if (auto code = code_of_symbol(std::string(units.substr(open + 1, close - open - 1)));
        !code.empty() && code != "COU")  // "degrees Celsius (C)" are no coulombs
      return code;
  const std::string named = without_brackets(units);
  if (auto code = code_of_words(words_of(named)); !code.empty()) return code;
  return code_of_symbol(named);
}

}  // namespace lamppost::model
