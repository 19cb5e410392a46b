// SPDX-License-Identifier: Apache-2.0
// The table is units.tsv, a line a unit, sorted by code:
//
//   code  name  symbol  dimension  scale  zero         scale is a number or a fraction such as 5/9
//
// Codes, names and symbols: UN/CEFACT Recommendation 20, Annex II (public domain). Scales follow
// from the definitions of the SI (BIPM brochure, 9th edition) and the exact foot, pound, gallon and
// calorie, because many factors printed in the recommendation are rounded and some misprinted. No
// dimension: no exact conversion is known, or none can be meant (gauge pressure, volumes at
// standard conditions), or the code is deleted. What looks like a unit here and is not: VA is V.A
// per kilogram (volt-ampere is D46), N78 is kW/(m2.K), E31 is m2/l.
#include "core/units.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include "core/ascii.h"

namespace lamppost {
namespace {

// Text in read-only pages that nobody touches until a unit is looked up.
constexpr std::string_view kTable =
#include "unit_table.inc"
    ;

// RFC 8428 section 12.1 (primary) and RFC 8798 section 3 (secondary units), where Rec 20 has a
// code.
constexpr auto kSenml = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"m", "MTR"},     {"kg", "KGM"},    {"g", "GRM"},     {"s", "SEC"},    {"A", "AMP"},
    {"K", "KEL"},     {"Hz", "HTZ"},    {"rad", "C81"},   {"Pa", "PAL"},   {"J", "JOU"},
    {"W", "WTT"},     {"V", "VLT"},     {"Ohm", "OHM"},   {"T", "D33"},    {"Cel", "CEL"},
    {"lx", "LUX"},    {"m2", "MTK"},    {"m3", "MTQ"},    {"l", "LTR"},    {"m/s", "MTS"},
    {"m/s2", "MSK"},  {"m3/s", "MQS"},  {"l/s", "G51"},   {"W/m2", "D54"}, {"/", "C62"},
    {"%", "P1"},      {"%RH", "P1"},    {"%EL", "P1"},    {"EL", "SEC"},   {"pH", "Q30"},
    {"dB", "2N"},     {"S/m", "D10"},   {"kg/m3", "KMQ"}, {"VA", "D46"},   {"var", "D44"},
    {"J/m", ""},      {"count", "C62"}, {"B", "AD"},      {"ms", "C26"},   {"min", "MIN"},
    {"h", "HUR"},     {"MHz", "MHZ"},   {"kW", "KWT"},    {"kVA", "KVA"},  {"kvar", "KVR"},
    {"Wh", "WHR"},    {"kWh", "KWH"},   {"kVAh", "C79"},  {"kvarh", "K3"}, {"l/h", "E32"},
    {"hPa", "A97"},   {"mm", "MMT"},    {"cm", "CMT"},    {"km", "KMT"},   {"km/h", "KMH"},
    {"ppm", "59"},    {"ppb", "61"},    {"mV", "2Z"},     {"mA", "4K"},    {"ug/m3", "GQ"},
    {"mg/l", "M1"},   {"/100", "P1"},   {"kV", "KVT"},    {"mW", "C31"},   {"V/m", "D50"},
    {"uS/cm", "G42"}, {"mS/cm", "H61"}, {"mm/h", "H67"},  {"deg", "DD"},   {"W/m^2", "D54"},
});

// Takes the text up to the next tab away from a line.
std::string_view next_field(std::string_view& line) {
  const std::size_t tab = std::min(line.find('\t'), line.size());
  const std::string_view field = line.substr(0, tab);
  line.remove_prefix(std::min(tab + 1, line.size()));
  return field;
}

// A number or a fraction; 0 for an empty field.
double number_of(std::string_view text) {
  double above = 0, below = 1;
  const char* const end = text.data() + text.size();
  const auto slash = std::from_chars(text.data(), end, above).ptr;
  if (slash != end) std::from_chars(slash + 1, end, below);
  return above / below;
}

Unit unit_of_line(std::string_view line) {
  Unit unit;
  unit.code = next_field(line);
  unit.name = next_field(line);
  unit.symbol = next_field(line);
  unit.dimension = next_field(line);
  if (!unit.dimension.empty()) unit.scale = number_of(next_field(line));
  unit.zero = number_of(line);
  return unit;
}

// The line that begins at `start`, without its end.
std::string_view line_at(std::size_t start) {
  return kTable.substr(start, kTable.find('\n', start) - start);
}

// What people type for a symbol: no blanks and dots, plain digits for raised ones, u for micro.
std::string plain(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kSpelt[] = {
      {"\u00b9", "1"}, {"\u00b2", "2"}, {"\u00b3", "3"}, {"\u207b", "-"},
      {"\u00b5", "u"}, {"\u03bc", "u"}, {"\u00b7", ""},  {"\u00ba", "\u00b0"},
      {" ", ""},       {".", ""},       {"*", ""},       {"^", ""},
      {"L", "l"}};
  std::string result;
  while (!text.empty()) {
    std::string_view from = text.substr(0, 1), to = from;
    for (const auto& [seen, meant] : kSpelt)
      if (text.starts_with(seen)) from = seen, to = meant;
    result += to;
    text.remove_prefix(from.size());
  }
  return result;
}

const std::string kDegree = "\u00b0";

bool reads_as(const Unit& unit, const std::string& written, const std::string& lower) {
  std::string_view symbols = unit.symbol;
  for (bool more = !symbols.empty(); more;) {  // "% or pct"
    const std::size_t bar = symbols.find(" or ");
    const std::string symbol = plain(symbols.substr(0, bar));
    if (symbol == written || symbol == kDegree + written) return true;
    more = bar != symbols.npos;
    if (more) symbols.remove_prefix(bar + 4);
  }
  return to_lower(unit.name) == lower || to_lower(unit.name) == "degree " + lower;
}

}  // namespace

std::optional<Unit> find_unit(std::string_view code) {
  std::size_t low = 0, high = kTable.size();  // both at the begin of a line
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const std::size_t before = kTable.rfind('\n', middle == 0 ? 0 : middle - 1);
    const std::size_t start = before == kTable.npos || before < low ? low : before + 1;
    const std::string_view line = line_at(start);
    const int order = line.substr(0, line.find('\t')).compare(code);
    if (order == 0) return unit_of_line(line);
    (order < 0 ? low : high) = order < 0 ? start + line.size() + 1 : start;
  }
  return std::nullopt;
}

std::vector<Unit> all_units() {
  std::vector<Unit> units;
  for (std::size_t start = 0; start < kTable.size(); start += line_at(start).size() + 1)
    units.push_back(unit_of_line(line_at(start)));
  return units;
}

std::vector<Unit> units_written_as(std::string_view text) {
  if (text.empty()) return {};
  const std::string written = plain(text), lower = to_lower(text);
  std::vector<Unit> units = all_units();
  std::erase_if(units, [&](const Unit& unit) { return !reads_as(unit, written, lower); });
  return units;
}

bool convertible(const Unit& from, const Unit& to) {
  return from.dimension == to.dimension && (!from.dimension.empty() || from.code == to.code);
}

double tidy(double value, double largest) {
  if (value == 0 || !std::isfinite(value)) return value;
  const int lost = static_cast<int>(std::floor(std::log10(largest / std::abs(value))));
  const int digits = 14 - std::max(lost, 0);
  if (digits < 1) return 0;  // what is left of a difference that should be none
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::scientific, digits - 1)
                       .ptr;
  std::from_chars(text.data(), end, value);
  return value;
}

double convert(double value, const Unit& from, const Unit& to) {
  assert(convertible(from, to));
  if (from.code == to.code && from.scale == to.scale) return value;
  const double above_zero = (value - from.zero) * (from.scale / to.scale);
  const double result = above_zero + to.zero;
  const double largest = std::max({std::abs(above_zero), std::abs(to.zero), std::abs(result),
                                   std::abs(from.zero) * from.scale / to.scale});
  return tidy(result, largest);
}

std::optional<Unit> of_gas(const Unit& unit, const Gas& gas) {
  constexpr double kGasConstant = 8.31446261815324;  // J/(mol.K), exact since 2019
  const double density_kg_m3 = gas.pressure_hpa * 100 * gas.molar_mass_g / 1000 /
                               (kGasConstant * (gas.temperature_c + 273.15));
  Unit other = unit;
  if (unit.dimension == "ratio") {
    other.dimension = "mass concentration";
    other.scale *= density_kg_m3;
  } else if (unit.dimension == "mass concentration") {
    other.dimension = "ratio";
    other.scale /= density_kg_m3;
  } else {
    return std::nullopt;
  }
  return other;
}

std::string_view unit_of_senml(std::string_view symbol) {
  for (const auto& [senml, code] : kSenml)
    if (senml == symbol) return code;
  return "";
}

}  // namespace lamppost
