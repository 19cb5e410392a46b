// SPDX-License-Identifier: Apache-2.0
// Frames of wired M-Bus with the answer of a meter, EN 13757-2 and -3, as a level converter or a
// gateway publishes them, in bytes or in hexadecimal:
//
//   68 L L 68   L bytes follow, then two more
//   C A CI      what kind of frame, the meter's address on the bus, how the data are written:
//               72 records, 73 the two counters of old meters
//   12 bytes    identification (4, BCD), maker (2, three letters), version, medium, access number,
//               status, signature; of CI 73: identification, access number, status, and units
//   records     mbus_record.h
//   sum 16      of the L bytes
//
// An observation is called by its quantity and by which of several it is: "energy",
// "volume_storage_1", "power_max", "energy_tariff_2"; of CI 73 "energy" and "volume_historic". What
// comes again under one name is "voltage#2". Besides "maker", "medium", "version", "access_number"
// and "status". The device is the identification, as it stands on the meter. Values are in
// base units (Wh, m3, W, m3/h); dates are the meter's local ones, as text, and no time of a
// reading. What the maker adds at the end is passed over, and so is what is in no table: its name
// is "vif_" and the code.
//
// A wrong length or sum, a frame that ends within a record, and frames of the meter's own errors
// (CI 70) are refused. Encrypted data have to be decrypted in front of us.
#include <algorithm>
#include <array>

#include "core/hex.h"
#include "drivers/driver.h"
#include "drivers/formats/big_endian.h"
#include "drivers/formats/mbus_record.h"
#include "drivers/formats/number.h"
#include "drivers/formats/options.h"

namespace lamppost {
namespace {

using namespace formats;

constexpr std::size_t kFrame = 9, kHeader = 12;  // bytes around the data, and before the records
constexpr std::size_t kFixed = 16;               // data of CI 73
constexpr std::size_t kMaxText = 4096;
constexpr char kStart = 0x68, kStop = 0x16;

Error malformed(const std::string& what) {
  return Error{Fault::kMalformed, "not M-Bus: " + what, ""};
}

std::string hex_of(std::uint8_t byte) {
  const char one = static_cast<char>(byte);
  return to_hex({&one, 1});
}

std::uint8_t at(std::string_view bytes, std::size_t place) {
  return static_cast<std::uint8_t>(bytes[place]);
}

std::uint64_t lowest_first(std::string_view bytes) {
  return unsigned_of(std::string(bytes.rbegin(), bytes.rend()));
}

std::string medium_of(std::uint8_t code) {
  constexpr std::array<const char*, 16> kMedia = {"other",
                                                  "oil",
                                                  "electricity",
                                                  "gas",
                                                  "heat",
                                                  "steam",
                                                  "hot water",
                                                  "water",
                                                  "heat cost allocator",
                                                  "compressed air",
                                                  "cooling",
                                                  "cooling inlet",
                                                  "heat inlet",
                                                  "heat and cooling",
                                                  "bus",
                                                  "unknown"};
  if (code < kMedia.size()) return kMedia[code];
  if (code == 0x15) return "hot water";
  return code == 0x16 ? "cold water" : "medium " + hex_of(code);
}

// Five bits a letter.
std::string maker_of(std::uint64_t number) {
  std::string letters;
  for (const unsigned shift : {10U, 5U, 0U})
    letters += static_cast<char>('@' + (number >> shift & 31U));
  return letters;
}

std::string identification_of(std::string_view bytes) {
  return to_hex(std::string(bytes.rbegin(), bytes.rend()));
}

// --- CI 73: six bits for each counter's unit ---

struct Scale {
  std::uint8_t first, count;
  std::string_view name, unit;
  double step;  // of the first; each further one is ten times as large
};
constexpr auto kScales = std::to_array<Scale>({{0x02, 9, "energy", "WHR", 1},
                                               {0x0B, 9, "energy", "JOU", 1e3},
                                               {0x14, 9, "power", "WTT", 1},
                                               {0x26, 9, "volume", "MTQ", 1e-6},
                                               {0x2F, 9, "volume_flow", "MQH", 1e-6},
                                               {0x38, 1, "temperature", "CEL", 1e-3},
                                               {0x39, 1, "heat_cost_units", "", 1}});
constexpr unsigned kHistoric = 0x3E;  // the same as the other counter, at the day of reading

Observation counter_of(unsigned unit, const Json& count) {
  for (const Scale& scale : kScales) {
    if (unit < scale.first || unit >= unsigned{scale.first} + scale.count) continue;
    double step = scale.step;
    for (unsigned i = scale.first; i < unit; ++i) step *= 10;
    if (step == 1 || count.is_null())
      return {std::string(scale.name), count, std::string(scale.unit)};
    const double value = count.get<double>();
    return {std::string(scale.name), step < 1 ? value / (1 / step) : value * step,
            std::string(scale.unit)};
  }
  return {"counter", count, ""};
}

Result<void> read_fixed(std::string_view data, ObservationGroup& group) {
  if (data.size() != kFixed)
    return malformed("two counters in " + std::to_string(data.size()) + " bytes, not " +
                     std::to_string(kFixed));
  const std::uint8_t status = at(data, 5);
  group.device = identification_of(data.substr(0, 4));
  group.observations.push_back({"access_number", at(data, 4), ""});
  group.observations.push_back({"status", status, ""});
  const auto count = [&](std::size_t place) -> Json {
    const std::string_view bytes = data.substr(place, 4);
    if ((status & 1U) != 0) return lowest_first(bytes);
    const auto number = mbus_bcd(bytes);
    return number ? Json(*number) : Json(nullptr);
  };
  const unsigned first = at(data, 6) & 63U, second = at(data, 7) & 63U;
  group.observations.push_back(counter_of(first, count(8)));
  Observation other = counter_of(second == kHistoric ? first : second, count(12));
  other.name += second == kHistoric ? "_historic" : "#2";
  group.observations.push_back(std::move(other));
  return {};
}

// --- CI 72 ---

void add(ObservationGroup& group, Observation seen) {
  const std::string name = seen.name;
  for (int number = 2; group.find(seen.name) != nullptr; ++number)
    seen.name = name + '#' + std::to_string(number);
  group.observations.push_back(std::move(seen));
}

Result<void> read_records(std::string_view data, ObservationGroup& group) {
  if (data.size() < kHeader) return malformed("the head of the data is cut off");
  group.device = identification_of(data.substr(0, 4));
  group.observations = {{"maker", maker_of(lowest_first(data.substr(4, 2))), ""},
                        {"version", at(data, 6), ""},
                        {"medium", medium_of(at(data, 7)), ""},
                        {"access_number", at(data, 8), ""},
                        {"status", at(data, 9), ""}};
  for (std::size_t place = kHeader; place < data.size();) {
    auto record = read_mbus_record(data, place);
    if (!record) return record.error();
    if (record->is_last) break;
    if (!record->seen.name.empty()) add(group, std::move(record->seen));
  }
  return {};
}

Result<std::string_view> data_of(std::string_view frame) {
  if (frame.size() < kFrame || frame[0] != kStart || frame[3] != kStart)
    return malformed("a long frame begins 68 L L 68 and has at least 9 bytes");
  const std::size_t length = at(frame, 1);
  if (length != at(frame, 2) || frame.size() != length + 6)
    return malformed("the frame has " + std::to_string(frame.size()) + " bytes and tells " +
                     std::to_string(length + 6));
  unsigned sum = 0;
  for (const char c : frame.substr(4, length)) sum += static_cast<std::uint8_t>(c);
  if ((sum & 255U) != at(frame, length + 4) || frame.back() != kStop)
    return malformed("the sum at the end is " + hex_of(at(frame, length + 4)) + ", not " +
                     hex_of(static_cast<std::uint8_t>(sum & 255U)));
  return frame.substr(4, length);
}

Result<Observations> decode(const Reading& reading) {
  std::string_view frame = reading.payload;
  if (frame.size() > kMaxText) return malformed(std::to_string(frame.size()) + " bytes");
  const auto plain = frame.starts_with("68") ? from_hex(trimmed(frame)) : std::nullopt;
  const auto data = data_of(plain ? std::string_view(*plain) : frame);
  if (!data) return data.error();
  Observations seen(1);
  const std::uint8_t kind = at(*data, 2);
  Result<void> done = malformed("data of kind " + hex_of(kind) + ", not 72 or 73");
  if (kind == 0x72) done = read_records(data->substr(3), seen[0]);
  if (kind == 0x73) done = read_fixed(data->substr(3), seen[0]);
  if (!done) return done.error();
  return seen;
}

bool recognises(const Reading& reading) {
  const std::string_view bytes = reading.payload;
  const bool in_bytes = bytes.size() >= kFrame && bytes[0] == kStart && bytes[3] == kStart &&
                        bytes[1] == bytes[2] && bytes.size() == at(bytes, 1) + 6U;
  return in_bytes || (bytes.starts_with("68") && bytes.size() >= 2 * kFrame &&
                      bytes.substr(6, 2) == "68" && bytes.substr(2, 2) == bytes.substr(4, 2));
}

std::string check_name(std::string_view name) {
  constexpr auto kHead = std::to_array<std::string_view>(
      {"maker", "version", "medium", "access_number", "status", "counter", "temperature"});
  std::string_view quantity = name.substr(0, name.find('#'));
  if (quantity.ends_with("_historic")) quantity.remove_suffix(9);
  if (std::find(kHead.begin(), kHead.end(), quantity) != kHead.end() || is_mbus_record(quantity))
    return "";
  return '"' + std::string(name) +
         "\" is no quantity of M-Bus; write energy, volume, power, flow_temperature ..., "
         "volume_storage_1, energy_tariff_2";
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "mbus", {}, check_name);
  refuse_each(options, "mbus");
  return decode;
}

}  // namespace

extern const Driver kMbus;
constinit const Driver kMbus{"mbus", "frames of wired M-Bus: heat, water, gas, electricity", open,
                             check_name, recognises};

}  // namespace lamppost
