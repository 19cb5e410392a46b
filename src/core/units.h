// SPDX-License-Identifier: Apache-2.0
// Units by their UN/CEFACT Recommendation 20 common code, and conversion within a dimension.
// NGSI-LD's unitCode (ETSI GS CIM 009, 4.5.2) is such a code.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lamppost {

struct Unit {
  std::string_view code;       // "CEL"
  std::string_view name;       // "degree Celsius"
  std::string_view dimension;  // "temperature": units convert only within one
  double scale = 1;            // base = value * scale + offset
  double offset = 0;
};

// nullptr for an unknown code. Codes are case-sensitive, as in the recommendation.
const Unit* find_unit(std::string_view code);

// All known codes, for suggestions.
const std::vector<std::string>& unit_codes();

// value in `from` expressed in `to`, rounded to 12 significant digits so that 71.6 FAH is 22 CEL
// and not 21.999999999999996. Both must share a dimension (checked at load, asserted here).
double convert(double value, const Unit& from, const Unit& to);

// Code for a unit as SenML writes it (RFC 8428 and RFC 8798 registries: "Cel", "%RH", "V"),
// "" when it has none.
std::string_view unit_of_senml(std::string_view symbol);

}  // namespace lamppost
