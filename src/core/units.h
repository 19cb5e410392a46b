// SPDX-License-Identifier: Apache-2.0
// Units by their UN/CEFACT Recommendation 20 common code, and conversion within a dimension.
// NGSI-LD's unitCode (ETSI GS CIM 009, 4.5.2) is such a code. Every code of the recommendation is
// known by name; those with a dimension convert.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace lamppost {

// Texts live as long as the program.
struct Unit {
  std::string_view code;       // "CEL"
  std::string_view name;       // "degree Celsius"
  std::string_view symbol;     // "°C", "" when the recommendation has none
  std::string_view dimension;  // "temperature"; "" when no conversion is known
  double scale = 1;            // base unit of the dimension = (value - zero) * scale
  double zero = 0;             // where the base unit is 0: 32 for degrees Fahrenheit
};

// nullopt for an unknown code. Codes are case-sensitive, as in the recommendation. About half a
// microsecond: for loading and for payloads that bring their unit along.
std::optional<Unit> find_unit(std::string_view code);

// All of them, sorted by code. Reads the whole table: for findings and commands.
std::vector<Unit> all_units();

// Units whose symbol or name is what a person wrote: "°C", "ug/m3", "µg/m³", "%", "Celsius".
std::vector<Unit> units_written_as(std::string_view text);

// The same known dimension, or the same code.
bool convertible(const Unit& from, const Unit& to);

// value in `from` expressed in `to`, rounded to 14 significant digits of its largest term, so that
// 71.6 FAH is 22 CEL and not 21.999999999999996. Asserts convertible().
double convert(double value, const Unit& from, const Unit& to);

// `value` to the 14 digits of its largest term, `largest`, that are certain: 21.9 - 0.4 is 21.5.
double tidy(double value, double largest);

// A gas whose share of the air and whose mass per volume convert into each other, as an ideal gas
// at one temperature and pressure.
struct Gas {
  double molar_mass_g;   // per mole: 46.0055 for NO2
  double temperature_c;  // EU directives report at 20
  double pressure_hpa;   // and 1013.25
};

// The same unit for this gas with the other dimension: of ratio, mass concentration and back.
// nullopt for a unit of neither.
std::optional<Unit> of_gas(const Unit& unit, const Gas& gas);

// Code for a unit as SenML writes it (RFC 8428 and RFC 8798 registries: "Cel", "%RH", "V"),
// "" when it has none.
std::string_view unit_of_senml(std::string_view symbol);

}  // namespace lamppost
