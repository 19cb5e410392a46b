// SPDX-License-Identifier: Apache-2.0
// Cayenne Low Power Payload (myDevices, "Cayenne LPP 2.0"), with the types that its open encoder
// for Arduino adds. Fields behind one another, big-endian, until the payload ends:
//
//   0  u8  channel
//   1  u8  type: an IPSO object less 3200, except for the plain inputs and outputs
//   2  one or several numbers, as the type says
//
// A polyline (240) is as long as its first byte says: u8 size with itself, u8 step in
// ten-thousandths of a degree (or 227 and above, a code of 1, 2, 5, 10, ...), i24 latitude, i24
// longitude, and for each further place a byte, its low half steps of latitude, its high half of
// longitude.
//
// An observation is called by its type and channel: "temperature_3", "gps_1.latitude"; "polyline_1"
// is a list of [latitude, longitude]. A payload
// has no time unless it has a Unix time (type 133), which is then the device's own for all of it.
// Nothing says how long a type is that is not in the table, so an unknown one spoils the payload;
// so does a field that is cut off. Two of one name in a payload: the first counts.
#include <algorithm>
#include <array>

#include "core/suggest.h"
#include "drivers/driver.h"
#include "drivers/formats/big_endian.h"
#include "drivers/formats/options.h"

namespace lamppost {
namespace {

using namespace formats;

constexpr std::size_t kMaxPayload = 4096;  // LoRaWAN carries 242 bytes

struct Part {
  std::string_view name;  // "" when the type has only this one
  std::uint8_t width;     // bytes
  bool is_signed;
  int per_unit;           // steps in one of the unit
  std::string_view unit;  // Rec 20
};

struct Type {
  std::uint8_t number;
  std::string_view name;
  std::array<Part, 3> parts;  // those of width 0 are none
};

constexpr Type single(std::uint8_t number, std::string_view name, Part part) {
  return {number, name, {part, Part{}, Part{}}};
}

constexpr Type xyz(std::uint8_t number, std::string_view name, int per_unit,
                   std::string_view unit) {
  return {number,
          name,
          {Part{"x", 2, true, per_unit, unit}, Part{"y", 2, true, per_unit, unit},
           Part{"z", 2, true, per_unit, unit}}};
}

constexpr std::uint8_t kUnixTime = 133;
constexpr std::uint8_t kPolyline = 240;
constexpr std::size_t kPolylineHead = 8;  // bytes, with the first place

constexpr auto kTypes = std::to_array<Type>({
    single(0, "digital_in", {"", 1, false, 1, ""}),
    single(1, "digital_out", {"", 1, false, 1, ""}),
    single(2, "analog_in", {"", 2, true, 100, ""}),
    single(3, "analog_out", {"", 2, true, 100, ""}),
    single(100, "generic_sensor", {"", 4, false, 1, ""}),
    single(101, "luminosity", {"", 2, false, 1, "LUX"}),
    single(102, "presence", {"", 1, false, 1, ""}),
    single(103, "temperature", {"", 2, true, 10, "CEL"}),
    single(104, "relative_humidity", {"", 1, false, 2, "P1"}),
    xyz(113, "accelerometer", 1000, "K40"),
    single(115, "barometric_pressure", {"", 2, false, 10, "A97"}),
    single(116, "voltage", {"", 2, false, 100, "VLT"}),
    single(117, "current", {"", 2, false, 1000, "AMP"}),
    single(118, "frequency", {"", 4, false, 1, "HTZ"}),
    single(120, "percentage", {"", 1, false, 1, "P1"}),
    single(121, "altitude", {"", 2, true, 1, "MTR"}),
    single(125, "concentration", {"", 2, false, 1, "59"}),
    single(128, "power", {"", 2, false, 1, "WTT"}),
    single(130, "distance", {"", 4, false, 1000, "MTR"}),
    single(131, "energy", {"", 4, false, 1000, "KWH"}),
    single(132, "direction", {"", 2, false, 1, "DD"}),
    single(kUnixTime, "unixtime", {"", 4, false, 1, "SEC"}),
    xyz(134, "gyrometer", 100, "E96"),
    {135,
     "colour",
     {Part{"red", 1, false, 1, ""}, Part{"green", 1, false, 1, ""}, Part{"blue", 1, false, 1, ""}}},
    {136,
     "gps",
     {Part{"latitude", 3, true, 10'000, "DD"}, Part{"longitude", 3, true, 10'000, "DD"},
      Part{"altitude", 3, true, 100, "MTR"}}},
    single(142, "switch", {"", 1, false, 1, ""}),
    single(kPolyline, "polyline", {"", kPolylineHead, false, 1, ""}),
});

const Type* find_type(std::uint8_t number) {
  for (const Type& type : kTypes)
    if (type.number == number) return &type;
  return nullptr;
}

Error malformed(const std::string& what) {
  return Error{Fault::kMalformed, "not Cayenne LPP: " + what, ""};
}

// Divided, not multiplied by a fraction: 272 tenths are 27.2 and not 27.200000000000003.
Json value_of(const Part& part, std::string_view bytes) {
  const std::int64_t steps =
      part.is_signed ? signed_of(bytes) : static_cast<std::int64_t>(unsigned_of(bytes));
  if (part.per_unit == 1) return steps;
  return static_cast<double>(steps) / part.per_unit;
}

// In ten-thousandths of a degree; 0 for a code that means none.
int polyline_step(std::uint8_t code) {
  constexpr std::uint8_t kFirst = 227, kLast = 239;
  constexpr int kLeading[] = {1, 2, 5};
  if (code < 200) return code;
  if (code < kFirst || code > kLast) return 0;
  int step = kLeading[(code - kFirst) % 3];
  for (int tens = (code - kFirst) / 3; tens > 0; --tens) step *= 10;
  return step;
}

// Four bits with a sign.
int nibble(unsigned bits) { return static_cast<int>(bits & 7) - static_cast<int>(bits & 8); }

// `bytes` begin with the size; moves `at` behind it. The fault, or "".
std::string read_polyline(std::string_view bytes, std::size_t& at, Json& places) {
  const std::size_t size = bytes.empty() ? 0 : static_cast<std::uint8_t>(bytes[0]);
  if (size < kPolylineHead || size > bytes.size())
    return " has " + std::to_string(size) + " bytes, of which " + std::to_string(bytes.size()) +
           " are there, and at least " + std::to_string(kPolylineHead);
  const int step = polyline_step(static_cast<std::uint8_t>(bytes[1]));
  if (step == 0) return " has a step that is none";
  std::int64_t latitude = signed_of(bytes.substr(2, 3)), longitude = signed_of(bytes.substr(5, 3));
  places = Json::array();
  for (std::size_t i = kPolylineHead; i <= size; ++i) {
    places.push_back({static_cast<double>(latitude * step) / 10'000,
                      static_cast<double>(longitude * step) / 10'000});
    if (i == size) break;
    const auto both = static_cast<std::uint8_t>(bytes[i]);
    latitude += nibble(both);
    longitude += nibble(both >> 4U);
  }
  at += size;
  return "";
}

// Reads the field at `at` and moves `at` behind it; the fault, or "".
std::string read_field(std::string_view payload, std::size_t& at, ObservationGroup& group) {
  const std::string place = "at byte " + std::to_string(at);
  if (payload.size() - at < 2) return "a channel without a type " + place;
  const auto channel = static_cast<std::uint8_t>(payload[at]);
  const auto number = static_cast<std::uint8_t>(payload[at + 1]);
  const Type* const type = find_type(number);
  if (type == nullptr)
    return "unknown type " + std::to_string(number) + " of channel " + std::to_string(channel) +
           ' ' + place + ", and nothing tells how long it is";
  at += 2;
  const std::string name = std::string(type->name) + '_' + std::to_string(channel);
  if (number == kPolyline) {
    Json places;
    const std::string fault = read_polyline(payload.substr(at), at, places);
    if (!fault.empty()) return name + ' ' + place + fault;
    group.observations.push_back({name, std::move(places), ""});
    return "";
  }
  for (const Part& part : type->parts) {
    if (part.width == 0) break;
    if (payload.size() - at < part.width)
      return std::string(name)
          .append(" ")
          .append(place)
          .append(" is cut off after ")
          .append(std::to_string(payload.size() - at))
          .append(" bytes");
    const Json value = value_of(part, payload.substr(at, part.width));
    at += part.width;
    if (number == kUnixTime) group.device_time = Timestamp{value.get<std::int64_t>() * 1000};
    std::string full = name;
    if (!part.name.empty()) full.append(".").append(part.name);
    group.observations.push_back({std::move(full), value, std::string(part.unit)});
  }
  return "";
}

Result<Observations> decode(const Reading& reading) {
  const std::string_view payload = reading.payload;
  if (payload.empty()) return malformed("the payload is empty");
  if (payload.size() > kMaxPayload)
    return malformed(std::to_string(payload.size()) + " bytes, at most " +
                     std::to_string(kMaxPayload));
  Observations seen(1);
  for (std::size_t at = 0; at < payload.size();)
    if (const std::string fault = read_field(payload, at, seen[0]); !fault.empty())
      return malformed(fault);
  return seen;
}

bool is_channel(std::string_view text) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return false;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + (c - '0');
  }
  return number <= 255;
}

// Anything but text: the types then tell.
bool recognises(const Reading& reading) {
  return reading.content_type.empty() && !reading.topic.starts_with("spBv1.0/") &&
         std::any_of(reading.payload.begin(), reading.payload.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
         });
}

std::string check_name(std::string_view name) {
  const std::size_t dot = std::min(name.find('.'), name.size());
  const std::size_t bar = std::min(name.substr(0, dot).rfind('_'), dot);
  const std::string_view channel =
      name.substr(std::min(bar + 1, dot), dot - std::min(bar + 1, dot));
  const std::string_view part_name = name.substr(std::min(dot + 1, name.size()));
  std::vector<std::string> known;
  for (const Type& type : kTypes) {
    known.emplace_back(type.name);
    if (type.name != name.substr(0, bar) || !is_channel(channel)) continue;
    if (dot + 1 == name.size()) break;
    for (const Part& part : type.parts)
      if (part.width != 0 && part.name == part_name) return "";
    if (!type.parts[0].name.empty())
      return '"' + std::string(name) + "\" names no part; write \"" + std::string(type.name) + '_' +
             std::string(channel) + '.' + std::string(type.parts[0].name) + '"';
  }
  return '"' + std::string(name) +
         "\" is no name of Cayenne LPP: type, _, channel, as in \"temperature_1\"; " +
         suggest(name.substr(0, bar), known);
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "cayenne_lpp", {}, check_name);
  refuse_each(options, "cayenne_lpp");
  return decode;
}

}  // namespace

extern const Driver kCayenneLpp;
constinit const Driver kCayenneLpp{"cayenne_lpp",
                                   "Cayenne Low Power Payload, as LoRaWAN carries it", open,
                                   check_name, recognises};

}  // namespace lamppost
