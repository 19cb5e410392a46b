// SPDX-License-Identifier: Apache-2.0
#include "core/units.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

using namespace lamppost;

namespace {

double converted(double value, const char* from, const char* to) {
  CAPTURE(std::string(from) + " -> " + to);
  REQUIRE(find_unit(from));
  REQUIRE(find_unit(to));
  REQUIRE(convertible(*find_unit(from), *find_unit(to)));
  return convert(value, *find_unit(from), *find_unit(to));
}

std::string code_of(const char* written) {
  const auto units = units_written_as(written);
  return units.empty() ? "" : std::string(units.front().code);
}

struct Known {
  double value;
  const char* from;
  double becomes;
  const char* to;
};

// Values that stand in tables and laws, not computed with this program: NIST SP 811 appendix B, the
// international yard and pound agreement of 1959, and plain arithmetic.
constexpr Known kKnown[] = {
    {71.6, "FAH", 22, "CEL"},
    {32, "FAH", 0, "CEL"},
    {32.1, "FAH", 0.1 / 1.8, "CEL"},
    {-40, "FAH", -40, "CEL"},
    {-459.67, "FAH", 0, "KEL"},
    {300.15, "KEL", 27, "CEL"},
    {273.16, "KEL", 0.01, "CEL"},
    {-17.5, "CEL", 0.5, "FAH"},
    {0, "CEL", 491.67, "A48"},
    {45, "P1", 0.45, "C62"},
    {0.07, "C62", 7, "P1"},
    {61, "61", 0.061, "59"},
    {400, "59", 0.04, "P1"},
    {12, "NX", 0.012, "C62"},
    {101325, "PAL", 1013.25, "A97"},
    {1, "ATM", 101325, "PAL"},
    {1, "PS", 6894.757293168361, "PAL"},
    {760, "HN", 101325.0144354, "PAL"},
    {1013.25, "MBR", 1013.25, "A97"},
    {2.5, "BAR", 250, "KPA"},
    {520, "G42", 0.052, "D10"},
    {1, "H61", 0.1, "D10"},
    {1, "G42", 100, "G43"},
    {36, "KMH", 10, "MTS"},
    {1, "HM", 1.609344, "KMH"},
    {1, "KNT", 1.852, "KMH"},
    {10, "MTS", 36, "KMH"},
    {1.5, "KWT", 1500, "WTT"},
    {2, "L2", 0.12, "MQH"},
    {1, "MQH", 1000, "E32"},
    {1, "G51", 3.6, "MQH"},
    {1, "G2", 3.785411784, "L2"},
    {12, "GP", 12000, "GQ"},
    {1, "M1", 1, "A93"},
    {1, "GL", 1, "KMQ"},
    {3600000, "JOU", 1, "KWH"},
    {1, "GV", 277.77777777777777, "KWH"},
    {1, "BTU", 1055.05585262, "JOU"},
    {90, "DD", 1.5707963267948966, "C81"},
    {1, "INH", 25.4, "MMT"},
    {1, "SMI", 1.609344, "KMT"},
    {1, "NMI", 1852, "MTR"},
    {1, "GLL", 3.785411784, "LTR"},
    {1, "GLI", 4.54609, "LTR"},
    {1, "FTQ", 28.316846592, "LTR"},
    {1, "ACR", 4046.8564224, "MTK"},
    {1, "HAR", 10000, "MTK"},
    {1, "LBR", 0.45359237, "KGM"},
    {2000, "LBR", 1, "STN"},
    {10, "H67", 1.0 / 360000, "MTS"},
    {1, "K40", 9.80665, "MSK"},
    {1, "E34", 1e9, "AD"},
    {1, "AD", 8, "A99"},
    {90, "MIN", 1.5, "HUR"},
    {1, "DAY", 1440, "MIN"},
    {50, "HTZ", 3000, "RPM"},
    {1, "AMH", 3600, "COU"},
};

}  // namespace

TEST_CASE("units: conversions come out as the tables of others say, to 1e-12") {
  for (const auto& known : kKnown) {
    const double seen = converted(known.value, known.from, known.to);
    CAPTURE(seen);
    CAPTURE(std::string(known.from) + " -> " + known.to);
    CHECK(std::abs(seen - known.becomes) <= 1e-12 * std::abs(known.becomes));
  }
}

TEST_CASE("units: there and back again is the same value") {
  const auto units = all_units();
  for (const Unit& unit : units)
    for (const Unit& other : units) {
      if (unit.dimension.empty() || !convertible(unit, other)) continue;
      const double back = convert(convert(17.25, unit, other), other, unit);
      if (std::abs(back - 17.25) > 1e-12 * 17.25 && unit.dimension != "temperature")
        FAIL_CHECK(unit.code << " -> " << other.code << " -> " << back);
    }
}

TEST_CASE("units: a whole number of degrees comes out of any other scale as it went in") {
  for (int degrees = -60; degrees <= 150; ++degrees) {
    CHECK(converted(converted(degrees, "CEL", "FAH"), "FAH", "CEL") == degrees);
    CHECK(converted(degrees + 273.15, "KEL", "CEL") == degrees);
  }
}

TEST_CASE("units: every code of the recommendation is known by its name, and is found") {
  const auto units = all_units();
  CHECK(units.size() == 2116);
  CHECK(std::is_sorted(units.begin(), units.end(),
                       [](const Unit& a, const Unit& b) { return a.code < b.code; }));
  for (const Unit& unit : units) {
    CAPTURE(unit.code);
    const auto found = find_unit(unit.code);
    REQUIRE(found);
    CHECK(found->code == unit.code);
    CHECK_FALSE(found->name.empty());
    CHECK(found->scale > 0);
    CHECK(std::isfinite(found->scale));
    CHECK((found->zero == 0 || found->dimension == "temperature"));
  }
}

TEST_CASE("units: a code is found as written or not at all") {
  for (const char* absent : {"", "cel", "A", "0", "ZZZ", "~", "CEL\t", "C62\tone", "5", "KE"}) {
    CAPTURE(absent);
    CHECK_FALSE(find_unit(absent));
  }
}

TEST_CASE("units: what looks alike and is not does not convert") {
  const std::pair<const char*, const char*> kPairs[] = {
      {"61", "GQ"},    // a share of the air, and a mass in it
      {"WTT", "D44"},  // watt and var,
      {"WTT", "D46"},  // watt and volt-ampere,
      {"D46", "VA"},   // volt-ampere and volt-ampere per kilogram
      {"KWH", "K3"},  {"NU", "JOU"},  {"HTZ", "BQL"}, {"64", "80"},
      {"MTQ", "NM3"}, {"E31", "MMT"}, {"D54", "N78"}, {"GRY", "D13"},
  };
  for (const auto& [one, other] : kPairs) {
    CAPTURE(std::string(one) + " and " + other);
    const auto a = find_unit(one), b = find_unit(other);
    if (a && b) CHECK_FALSE(convertible(*a, *b));
    CHECK((a && b) != (std::string_view(one) == "GRY"));
  }
  CHECK(convertible(*find_unit("NM3"), *find_unit("NM3")));
}

TEST_CASE("units: a gas converts between share and mass at its stated conditions") {
  const Gas no2{46.0055, 20, 1013.25};
  const auto ppb = of_gas(*find_unit("61"), no2);
  REQUIRE(ppb);
  REQUIRE(convertible(*ppb, *find_unit("GQ")));
  // 1.91 and 1.996 are the factors for NO2 and O3 that the European Commission gives to its
  // members.
  CHECK(convert(1, *ppb, *find_unit("GQ")) == doctest::Approx(1.9125).epsilon(1e-3));
  const Gas o3{47.9982, 20, 1013.25};
  CHECK(convert(1, *of_gas(*find_unit("61"), o3), *find_unit("GQ")) ==
        doctest::Approx(1.9954).epsilon(1e-3));
  // 24.465 l is the volume of a mole at 25 degrees Celsius and one atmosphere.
  const Gas co{28.0101, 25, 1013.25};
  CHECK(convert(1, *of_gas(*find_unit("59"), co), *find_unit("GP")) ==
        doctest::Approx(28.0101 / 24.465).epsilon(1e-4));
  const auto mass = of_gas(*find_unit("GQ"), no2);
  REQUIRE(mass);
  CHECK(convert(convert(40, *ppb, *find_unit("GQ")), *mass, *find_unit("61")) == 40);
  CHECK_FALSE(of_gas(*find_unit("CEL"), no2));
}

TEST_CASE("units: a symbol or a name as people write it leads to its code") {
  const std::pair<const char*, const char*> kWritten[] = {
      {"°C", "CEL"},         {"\u00baC", "CEL"},   {"Celsius", "CEL"}, {"ug/m3", "GQ"},
      {"µg/m³", "GQ"},       {"\u03bcg/m3", "GQ"}, {"%", "P1"},        {"mg/L", "M1"},
      {"hPa", "A97"},        {"km/h", "KMH"},      {"uS/cm", "G42"},   {"kWh", "KWH"},
      {"fahrenheit", "FAH"}, {"m^3/h", "MQH"},     {"W/m2", "D54"},    {"ppb", "61"},
      {"dB", "2N"},          {"l/min", "L2"}};
  for (const auto& [written, code] : kWritten) {
    CAPTURE(written);
    CHECK(code_of(written) == code);
  }
  CHECK(units_written_as("").empty());
  CHECK(units_written_as("furlongs a fortnight").empty());
}

TEST_CASE("units: SenML symbols have Rec 20 codes that exist") {
  for (const char* symbol : {"Cel", "%RH", "V", "m/s", "kvarh", "uS/cm", "S/m"})
    CHECK(find_unit(unit_of_senml(symbol)));
  CHECK(unit_of_senml("Cel") == "CEL");
  CHECK(unit_of_senml("%RH") == "P1");
  CHECK(unit_of_senml("lat") == "");
}
