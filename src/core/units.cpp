// SPDX-License-Identifier: Apache-2.0
// Codes and names: UN/CEFACT Recommendation 20, Annex II. Factors: SI definitions (BIPM SI
// brochure, 9th edition). What looks like a unit here and is not: VA is V.A per kilogram
// (volt-ampere is D46), N78 is kW/(m2.K), E31 is m2/l.
#include "core/units.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <utility>

namespace lamppost {
namespace {

constexpr auto kUnits = std::to_array<Unit>({
    {"CEL", "degree Celsius", "temperature", 1, 273.15},
    {"FAH", "degree Fahrenheit", "temperature", 5.0 / 9.0, 459.67 * 5.0 / 9.0},
    {"KEL", "kelvin", "temperature", 1, 0},

    {"C62", "one", "ratio", 1},
    {"P1", "percent", "ratio", 0.01},
    {"59", "part per million", "ratio", 1e-6},
    {"61", "part per billion (US)", "ratio", 1e-9},

    {"GQ", "microgram per cubic metre", "mass concentration", 1e-9},
    {"GP", "milligram per cubic metre", "mass concentration", 1e-6},
    {"M1", "milligram per litre", "mass concentration", 1e-3},
    {"GL", "gram per litre", "mass concentration", 1},
    {"A93", "gram per cubic metre", "mass concentration", 1e-3},
    {"KMQ", "kilogram per cubic metre", "mass concentration", 1},
    {"H29", "microgram per litre", "mass concentration", 1e-6},

    {"PAL", "pascal", "pressure", 1},
    {"A97", "hectopascal", "pressure", 100},
    {"KPA", "kilopascal", "pressure", 1e3},
    {"MPA", "megapascal", "pressure", 1e6},
    {"BAR", "bar", "pressure", 1e5},
    {"MBR", "millibar", "pressure", 100},
    {"PS", "pound-force per square inch", "pressure", 6894.757293168361},
    {"HN", "conventional millimetre of mercury", "pressure", 133.322387415},

    {"MTS", "metre per second", "speed", 1},
    {"KMH", "kilometre per hour", "speed", 1.0 / 3.6},
    {"KNT", "knot", "speed", 1852.0 / 3600.0},
    {"HM", "mile per hour", "speed", 0.44704},

    {"DD", "degree [unit of angle]", "angle", 3.14159265358979323846 / 180},
    {"C81", "radian", "angle", 1},

    {"LUX", "lux", "illuminance", 1},
    {"KLX", "kilolux", "illuminance", 1e3},

    {"MMT", "millimetre", "length", 1e-3},
    {"CMT", "centimetre", "length", 1e-2},
    {"DMT", "decimetre", "length", 1e-1},
    {"MTR", "metre", "length", 1},
    {"KMT", "kilometre", "length", 1e3},
    {"INH", "inch", "length", 0.0254},
    {"FOT", "foot", "length", 0.3048},
    {"SMI", "mile (statute mile)", "length", 1609.344},

    {"MTQ", "cubic metre", "volume", 1},
    {"LTR", "litre", "volume", 1e-3},
    {"MLT", "millilitre", "volume", 1e-6},
    {"GLL", "gallon (US)", "volume", 3.785411784e-3},

    {"MQS", "cubic metre per second", "volume flow", 1},
    {"MQH", "cubic metre per hour", "volume flow", 1.0 / 3600},
    {"E32", "litre per hour", "volume flow", 1e-3 / 3600},
    {"L2", "litre per minute", "volume flow", 1e-3 / 60},
    {"G51", "litre per second", "volume flow", 1e-3},

    {"JOU", "joule", "energy", 1},
    {"KJO", "kilojoule", "energy", 1e3},
    {"3B", "megajoule", "energy", 1e6},
    {"GV", "gigajoule", "energy", 1e9},
    {"WHR", "watt hour", "energy", 3600},
    {"KWH", "kilowatt hour", "energy", 3.6e6},
    {"MWH", "megawatt hour (1000 kW.h)", "energy", 3.6e9},

    {"WTT", "watt", "active power", 1},
    {"KWT", "kilowatt", "active power", 1e3},
    {"MAW", "megawatt", "active power", 1e6},
    {"C31", "milliwatt", "active power", 1e-3},
    {"D44", "var", "reactive power", 1},
    {"KVR", "kilovar", "reactive power", 1e3},
    {"K3", "kilovolt ampere reactive hour", "reactive energy", 1},
    {"D46", "volt - ampere", "apparent power", 1},
    {"KVA", "kilovolt - ampere", "apparent power", 1e3},
    {"C79", "kilovolt ampere hour", "apparent energy", 1},

    {"VLT", "volt", "voltage", 1},
    {"2Z", "millivolt", "voltage", 1e-3},
    {"KVT", "kilovolt", "voltage", 1e3},
    {"AMP", "ampere", "current", 1},
    {"4K", "milliampere", "current", 1e-3},
    {"OHM", "ohm", "resistance", 1},
    {"HTZ", "hertz", "frequency", 1},
    {"KHZ", "kilohertz", "frequency", 1e3},
    {"MHZ", "megahertz", "frequency", 1e6},
    {"RPM", "revolutions per minute", "frequency", 1.0 / 60},

    {"D10", "siemens per metre", "conductivity", 1},
    {"G42", "microsiemens per centimetre", "conductivity", 1e-4},
    {"G43", "microsiemens per metre", "conductivity", 1e-6},
    {"H61", "millisiemens per centimetre", "conductivity", 0.1},

    {"D54", "watt per square metre", "irradiance", 1},
    {"H67", "millimetre per hour", "precipitation rate", 1},
    {"Q30", "pH (potential of Hydrogen)", "pH", 1},
    {"2N", "decibel", "level", 1},

    {"KGM", "kilogram", "mass", 1},
    {"GRM", "gram", "mass", 1e-3},
    {"MGM", "milligram", "mass", 1e-6},
    {"TNE", "tonne (metric ton)", "mass", 1e3},
    {"LBR", "pound", "mass", 0.45359237},

    {"SEC", "second [unit of time]", "time", 1},
    {"C26", "millisecond", "time", 1e-3},
    {"MIN", "minute [unit of time]", "time", 60},
    {"HUR", "hour", "time", 3600},
    {"DAY", "day", "time", 86400},

    {"MSK", "metre per second squared", "acceleration", 1},
    {"K40", "standard acceleration of free fall", "acceleration", 9.80665},
    {"D33", "tesla", "magnetic flux density", 1},
    {"D50", "volt per metre", "electric field strength", 1},
    {"MTK", "square metre", "area", 1},
    {"E34", "gigabyte", "information", 1e9},
    {"AD", "byte", "information", 1},
});

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

// 12 significant digits: far finer than any sensor, coarse enough to swallow rounding noise.
double tidy(double value) {
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::scientific, 11)
                       .ptr;
  std::from_chars(text.data(), end, value);
  return value;
}

}  // namespace

const Unit* find_unit(std::string_view code) {
  const auto found = std::find_if(kUnits.begin(), kUnits.end(),
                                  [&](const Unit& unit) { return unit.code == code; });
  return found == kUnits.end() ? nullptr : &*found;
}

const std::vector<std::string>& unit_codes() {
  static const std::vector<std::string> kCodes = [] {
    std::vector<std::string> codes;
    for (const Unit& unit : kUnits) codes.emplace_back(unit.code);
    return codes;
  }();
  return kCodes;
}

double convert(double value, const Unit& from, const Unit& to) {
  assert(from.dimension == to.dimension);
  if (from.code == to.code) return value;
  return tidy((value * from.scale + from.offset - to.offset) / to.scale);
}

std::string_view unit_of_senml(std::string_view symbol) {
  for (const auto& [senml, code] : kSenml)
    if (senml == symbol) return code;
  return "";
}

}  // namespace lamppost
