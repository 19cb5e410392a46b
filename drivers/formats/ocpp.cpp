// SPDX-License-Identifier: Apache-2.0
// What a charging station tells its management system, as a bridge republishes it: frames of OCPP-J
// (Open Charge Alliance, OCPP 1.6 JSON, section 4; OCPP 2.0.1 part 4).
//
//   [2, "id", "StatusNotification", {"connectorId": 1, "status": "Charging", "errorCode":
//   "NoError"}] [2, "id", "MeterValues", {"connectorId": 1, "meterValue": [
//     {"timestamp": "...", "sampledValue": [{"value": "230.5", "measurand": "Voltage", "unit":
//     "V"}]}]}]
//
//   observations the plain members of the payload by name ("connectorId", "status" in every
//                version, "meterStart"), those of evse (its id is "evseId"), transactionInfo and
//                chargingStation as well. Samples by measurand and phase, "Voltage/L1-N"; asked
//                for, with their location, "Temperature@Body". The first of a name counts
//   unit         of the sample. An energy without one is in Wh, and a sample without a measurand is
//                Energy.Active.Import.Register (1.6, section 7.43); "multiplier" is a power of ten
//   device time  timestamp, UTC when it names no offset; each meter value is a group at its own
//
// Connector 0 is the station as a whole. Identifiers of people (idTag, idToken) are left out.
// Answers, errors and actions without plain members have no observations.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "core/units.h"
#include "drivers/driver.h"
#include "drivers/formats/in_quotes.h"
#include "drivers/formats/json_tree.h"
#include "drivers/formats/number.h"
#include "drivers/formats/options.h"

namespace lamppost {
namespace {

using namespace formats;

constexpr std::size_t kMaxMeterValues = 10'000;

// 1.6, sections 7.6 and 7.7; 2.0.1 part 2, ConnectorStatusEnumType.
constexpr auto kStatuses = std::to_array<std::string_view>(
    {"Available", "Preparing", "Charging", "SuspendedEVSE", "SuspendedEV", "Finishing", "Reserved",
     "Unavailable", "Faulted", "Occupied"});
constexpr auto kErrorCodes = std::to_array<std::string_view>(
    {"ConnectorLockFailure", "EVCommunicationError", "GroundFailure", "HighTemperature",
     "InternalError", "LocalListConflict", "NoError", "OtherError", "OverCurrentFailure",
     "OverVoltage", "PowerMeterFailure", "PowerSwitchFailure", "ReaderFailure", "ResetFailure",
     "UnderVoltage", "WeakSignal"});

Error malformed(const std::string& what) {
  return Error{Fault::kMalformed, "not OCPP: " + what, ""};
}

std::string text_in(const Json& object, const char* key, std::string otherwise = "") {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return otherwise;
  return found->get<std::string>();
}

// Stations also write the offset without its colon.
std::optional<Timestamp> time_of(std::string text) {
  const std::size_t sign = text.find_last_of("+-");
  if (text.size() > 19 && sign != text.npos && sign > 10 && text.size() - sign == 5)
    text.insert(sign + 3, 1, ':');
  return parse_rfc3339(text, 0);
}

std::string unit_of(const std::string& unit) {
  if (unit == "Celsius" || unit == "Celcius") return "CEL";  // 1.6 misspelt it
  if (unit == "Fahrenheit") return "FAH";
  if (unit == "Percent") return "P1";
  return std::string(unit_of_senml(unit));
}

using Found = std::vector<Observation>;

// --- Members ---

bool is_of_people(std::string_view key) { return key == "idTag" || key == "parentIdTag"; }

void add_members(const Json& object, std::string_view id_name, Found& found) {
  for (const auto& [key, value] : object.items()) {
    if (value.is_structured() || is_of_people(key)) continue;
    const bool energy = key == "meterStart" || key == "meterStop";
    const std::string name = key == "connectorStatus" ? "status"
                             : key == "id"            ? std::string(id_name)
                                                      : key;
    found.push_back({name, value, energy ? "WHR" : ""});
  }
}

Found members_of(const Json& payload) {
  Found found;
  add_members(payload, "id", found);
  constexpr std::pair<const char*, std::string_view> kInner[] = {
      {"evse", "evseId"}, {"transactionInfo", "transactionId"}, {"chargingStation", "id"}};
  for (const auto& [key, id_name] : kInner)
    if (const auto inner = payload.find(key); inner != payload.end() && inner->is_object())
      add_members(*inner, id_name, found);
  return found;
}

template <std::size_t size>
std::string fault_of_word(const Observation& one, const std::array<std::string_view, size>& known) {
  const bool good = one.value.is_string() && std::find(known.begin(), known.end(),
                                                       one.value.get<std::string>()) != known.end();
  return good ? "" : one.name + " " + in_quotes(one.value.dump(-1, ' ', true)) + " is no such word";
}

// The fault, or "".
std::string check_members(const Found& found, const std::string& action) {
  for (const Observation& one : found) {
    const bool number = one.name == "connectorId" || one.name == "evseId";
    if (number && !(one.value.is_number_integer() && one.value >= 0))
      return one.name + " is no number from 0";
    if (action != "StatusNotification") continue;
    std::string fault;
    if (one.name == "status") fault = fault_of_word(one, kStatuses);
    if (one.name == "errorCode") fault = fault_of_word(one, kErrorCodes);
    if (!fault.empty()) return fault;
  }
  return "";
}

// Members without which a call means nothing; the fault, or "".
std::string check_required(const Found& found, std::string_view action) {
  constexpr std::pair<std::string_view, std::string_view> kRequired[] = {
      {"StatusNotification", "connectorId"}, {"StatusNotification", "status"},
      {"StartTransaction", "connectorId"},   {"StartTransaction", "meterStart"},
      {"StopTransaction", "transactionId"},  {"StopTransaction", "meterStop"}};
  for (const auto& [call, name] : kRequired)
    if (call == action && std::none_of(found.begin(), found.end(),
                                       [name = name](const auto& one) { return one.name == name; }))
      return std::string(action) + " without " + std::string(name);
  return "";
}

// --- Samples ---

// The power of ten that a number of 2.0.1 is to be multiplied by.
double multiplier_of(const Json& sample) {
  const auto unit = sample.find("unitOfMeasure");
  if (unit == sample.end() || !unit->is_object()) return 1;
  const auto power = unit->find("multiplier");
  const bool some =
      power != unit->end() && power->is_number_integer() && *power >= -30 && *power <= 30;
  return some ? std::pow(10, power->get<int>()) : 1;
}

std::string unit_in(const Json& sample, bool energy) {
  const std::string otherwise = energy ? "Wh" : "";
  if (const auto unit = sample.find("unitOfMeasure"); unit != sample.end() && unit->is_object())
    return unit_of(text_in(*unit, "unit", otherwise));
  return unit_of(text_in(sample, "unit", otherwise));
}

std::string add_sample(const Json& sample, const std::set<std::string>& wanted, Found& found) {
  if (!sample.is_object() || !sample.contains("value")) return "a sample without a value";
  if (text_in(sample, "format") == "SignedData") return "";
  const Json& written = sample["value"];
  auto value = written.is_string()   ? parse_number(written.get_ref<const std::string&>())
               : written.is_number() ? std::optional<Json>(written)
                                     : std::nullopt;
  if (!value) return "the sample " + in_quotes(written.dump(-1, ' ', true)) + " is no number";
  if (const double factor = multiplier_of(sample); factor != 1) {
    const double product = value->get<double>() * factor;
    value = std::isfinite(product) ? Json(product) : Json();
  }
  std::string name = text_in(sample, "measurand", "Energy.Active.Import.Register");
  const std::string unit = unit_in(sample, name.starts_with("Energy."));
  if (const std::string phase = text_in(sample, "phase"); !phase.empty()) name += '/' + phase;
  const std::string placed = name + '@' + text_in(sample, "location", "Outlet");
  if (wanted.contains(placed)) found.push_back({placed, *value, unit});
  found.push_back({std::move(name), std::move(*value), unit});
  return "";
}

// The groups of "meterValue" or "transactionData". The fault, or "".
std::string add_meter_values(const Json& list, const Found& common,
                             const std::set<std::string>& wanted, Observations& seen) {
  if (!list.is_array() || list.size() > kMaxMeterValues) return "meterValue is no list";
  for (const Json& one : list) {
    if (!one.is_object() || !one.value("sampledValue", Json()).is_array())
      return "a meter value without sampledValue";
    const auto at = time_of(text_in(one, "timestamp"));
    if (!at) return "a meter value without a time";
    ObservationGroup& group = seen.emplace_back();
    group.device_time = at;
    group.observations = common;
    for (const Json& sample : one["sampledValue"])
      if (auto fault = add_sample(sample, wanted, group.observations); !fault.empty()) return fault;
  }
  return "";
}

// --- Frames ---

Result<Observations> call(const std::string& action, const Json& payload,
                          const std::set<std::string>& wanted) {
  Found members = members_of(payload);
  if (const auto fault = check_members(members, action); !fault.empty()) return malformed(fault);
  if (const auto fault = check_required(members, action); !fault.empty()) return malformed(fault);
  Observations seen;
  Found common;  // to each meter value
  std::copy_if(members.begin(), members.end(), std::back_inserter(common), [](const auto& one) {
    return one.name == "connectorId" || one.name == "evseId" || one.name == "transactionId";
  });
  if (action != "MeterValues" && !members.empty()) {
    seen.emplace_back().observations = std::move(members);
    if (const std::string text = text_in(payload, "timestamp"); !text.empty()) {
      seen[0].device_time = time_of(text);
      if (!seen[0].device_time) return malformed("timestamp " + in_quotes(text) + " is no time");
    }
  }
  for (const char* key : {"meterValue", "transactionData"})
    if (const auto list = payload.find(key); list != payload.end())
      if (const auto fault = add_meter_values(*list, common, wanted, seen); !fault.empty())
        return malformed(fault);
  if (action == "MeterValues" && seen.empty()) return malformed("MeterValues without a meterValue");
  return seen;
}

void keep_wanted(Observations& seen, const std::set<std::string>& wanted) {
  if (wanted.empty()) return;
  for (ObservationGroup& group : seen)
    std::erase_if(group.observations, [&](const auto& one) { return !wanted.contains(one.name); });
}

Result<Observations> decode(const Reading& reading, const std::set<std::string>& wanted) {
  const auto tree = json_to_tree(reading.payload);
  if (!tree) return tree.error();
  const Json& frame = *tree;
  if (!frame.is_array() || frame.size() < 3 || !frame[0].is_number_integer() ||
      !frame[1].is_string())
    return malformed("a frame is [2, id, action, payload]");
  if (frame[0] == 3 || frame[0] == 4) return Observations{};  // an answer, an error
  if (frame[0] != 2 || frame.size() != 4 || !frame[2].is_string() || !frame[3].is_object())
    return malformed("a frame is [2, id, action, payload]");
  auto seen = call(frame[2], frame[3], wanted);
  if (seen) keep_wanted(*seen, wanted);
  return seen;
}

// [2, "...
bool recognises(const Reading& reading) {
  std::string start;
  for (const char c : std::string_view(reading.payload).substr(0, 40))
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') start += c;
  return start.starts_with("[2,\"") || start.starts_with("[3,\"") || start.starts_with("[4,\"");
}

std::string check_name(std::string_view name) {
  if (!name.empty() && name[0] != '/') return "";
  return '"' + std::string(name) +
         "\" is no name; write a member such as \"status\" or a measurand, \"Voltage/L1-N\"";
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "ocpp", {}, check_name);
  refuse_each(options, "ocpp");
  return [wanted = std::set(options.names.begin(), options.names.end())](const Reading& reading) {
    return decode(reading, wanted);
  };
}

}  // namespace

extern const Driver kOcpp;
constinit const Driver kOcpp{"ocpp", "frames of OCPP 1.6 and 2.0.1, from a bridge", open,
                             check_name, recognises};

}  // namespace lamppost
