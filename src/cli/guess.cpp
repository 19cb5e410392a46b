// SPDX-License-Identifier: Apache-2.0
#include "cli/guess.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/ascii.h"
#include "core/units.h"
#include "mapping/value_rule.h"

namespace lamppost::cli {
namespace {

struct Quantity {
  std::vector<const char*> words;       // in small letters, letters and digits only
  std::vector<const char*> attributes;  // in the models that have it
  const char* unit;                     // that devices mean when they do not say one
};

// Units follow what is usual on the market; where a value tells better (0.45 is no percentage) it
// does, see unit_of().
const std::vector<Quantity>& quantities() {
  static const std::vector<Quantity> kAll = {
      {{"temperature", "temp", "tempc", "airtemperature", "t"}, {"temperature"}, "CEL"},
      {{"humidity", "relativehumidity", "rh", "hum"}, {"relativeHumidity"}, "P1"},
      {{"pressure", "barometricpressure", "atmosphericpressure", "airpressure"},
       {"atmosphericPressure", "pressure"},
       "A97"},
      {{"dewpoint"}, {"dewPoint"}, "CEL"},
      {{"illuminance", "lux", "light", "illuminancelux"}, {"illuminance"}, "LUX"},
      {{"windspeed"}, {"windSpeed"}, "MTS"},
      {{"winddirection", "winddir"}, {"windDirection"}, "DD"},
      {{"rain", "rainfall", "precipitation"}, {"precipitation"}, "MMT"},
      {{"solarradiation", "irradiance"}, {"solarRadiation"}, "D54"},
      {{"pm1", "pm10ugm3", "pm01"}, {"pm1"}, "GQ"},
      {{"pm25", "pm02"}, {"pm25"}, "GQ"},
      {{"pm10"}, {"pm10"}, "GQ"},
      {{"co2", "carbondioxide", "rco2"}, {"co2"}, "59"},
      {{"no2", "nitrogendioxide"}, {"no2"}, "GQ"},
      {{"no", "nitrogenmonoxide"}, {"no"}, "GQ"},
      {{"o3", "ozone"}, {"o3"}, "GQ"},
      {{"so2", "sulphurdioxide"}, {"so2"}, "GQ"},
      {{"co", "carbonmonoxide"}, {"co"}, "GP"},
      {{"laeq", "noise", "soundpressure", "soundlevel"}, {"LAeq"}, "2N"},
      {{"lamax", "noisemax"}, {"LAmax"}, "2N"},
      {{"energy", "totalenergy", "total", "totalkwh"}, {"totalConsumption"}, "KWH"},
      {{"powerfactor"}, {"powerFactor"}, ""},
      {{"waterlevel", "level"}, {"waterLevel", "currentLevel"}, "MTR"},
      {{"ph"}, {"pH"}, "Q30"},
      {{"turbidity"}, {"turbidity"}, ""},
      {{"conductivity"}, {"conductivity"}, ""},
      {{"soilmoisture"}, {"soilMoistureVwc"}, "P1"},
      {{"soiltemperature"}, {"soilTemperature"}, "CEL"},
      {{"fillinglevel", "filllevel", "fill"}, {"fillingLevel"}, "P1"},
      {{"peoplecount", "people", "count", "occupancycount"}, {"peopleCount"}, ""},
      {{"availablespots", "freespots", "free"}, {"availableSpotNumber"}, ""},
  };
  return kAll;
}

// In this order where several have a place for as many.
constexpr auto kModels = std::to_array<const char*>(
    {"WeatherObserved", "AirQualityObserved", "NoiseLevelObserved", "SmartMeteringObservation",
     "WaterQualityObserved", "WaterObserved", "FloodMonitoring", "GreenspaceRecord",
     "WasteContainer", "CrowdFlowObserved", "OnStreetParking"});

// "/sensors/PM2_5" is "pm25".
std::string bare(const std::string& word) {
  std::string text = to_lower(std::string_view(word).substr(word.rfind('/') + 1));
  std::erase_if(text, [](char c) { return !is_alphanumeric(c); });
  return text;
}

const Quantity* quantity_of(const std::string& word) {
  const std::string plain = bare(word);
  for (const Quantity& one : quantities())
    for (const char* known : one.words)
      if (plain == known) return &one;
  return nullptr;
}

std::optional<double> number_of(const Leaf& leaf) {
  return leaf.value.is_boolean() ? std::nullopt : mapping::to_number(leaf.value);
}

// The unit in which it comes, "" when the model's own has to do.
std::string unit_of(const Leaf& leaf, const Quantity& quantity,
                    const model::AttributeModel& target) {
  const auto fits = [&](const Unit& unit) { return model::leaving_unit(target, unit).has_value(); };
  if (const auto told = find_unit(leaf.unit); told && fits(*told)) return leaf.unit;
  for (const Unit& unit : units_written_as(leaf.unit))
    if (!leaf.unit.empty() && fits(unit)) return std::string(unit.code);
  const auto number = number_of(leaf);
  std::string unit = quantity.unit;
  if (unit == "P1" && number && *number >= 0 && *number <= 1 && !leaf.value.is_number_integer())
    unit = "C62";
  if (unit == "A97" && number && *number > 5000) unit = "PAL";
  const auto usual = find_unit(unit);
  return usual && fits(*usual) ? unit : "";
}

const model::AttributeModel* place_in(const model::EntityModel& model, const Quantity& quantity) {
  for (const char* name : quantity.attributes)
    if (const auto* found = model.find(name)) return found;
  return nullptr;
}

Guess guess_as(const model::EntityModel& model, const std::vector<Leaf>& leaves) {
  Guess guess{model.type, {}, {}};
  std::set<std::string> taken;
  for (const Leaf& leaf : leaves) {
    const Quantity* quantity = quantity_of(leaf.word);
    const bool can_be = leaf.value.is_null() || number_of(leaf).has_value();
    const auto* place = quantity != nullptr && can_be ? place_in(model, *quantity) : nullptr;
    if (place != nullptr && taken.insert(place->name).second)
      guess.attributes.push_back({place->name, unit_of(leaf, *quantity, *place), leaf});
    else
      guess.left.push_back(leaf);
  }
  return guess;
}

Guess fallback(const std::vector<Leaf>& leaves) {
  const bool number = leaves.size() == 1 && (number_of(leaves[0]) || leaves[0].value.is_null());
  if (!number) return {"", {}, leaves};
  return {"DeviceMeasurement", {{"numValue", "", leaves[0]}}, {}};
}

}  // namespace

bool is_quantity(const std::string& word) { return quantity_of(word) != nullptr; }

Guess guess_model(const std::vector<Leaf>& leaves, const model::Catalogue& models) {
  Guess best;
  for (const char* type : kModels) {
    const model::EntityModel* model = models.find(type);
    if (model == nullptr) continue;
    Guess guess = guess_as(*model, leaves);
    if (guess.attributes.size() > best.attributes.size()) best = std::move(guess);
  }
  return best.attributes.empty() ? fallback(leaves) : best;
}

}  // namespace lamppost::cli
