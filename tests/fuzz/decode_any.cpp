// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/decode_any.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "core/json_text.h"
#include "drivers/catalogue.h"

namespace lamppost {
namespace {

constexpr auto kContentTypes = std::to_array<const char*>(
    {"", "application/json", "application/cbor", "application/senml+cbor"});

constexpr std::size_t kMaxGroups = 10'000;

// Those of some names in use that can exist in the format.
std::vector<std::string> wanted_of(const Driver& driver) {
  std::vector<std::string> names;
  for (const char* name :
       {"/t", "/id", "/r/0/t", "/a/b", "/a", "value", "t", "temp", "urn:dev:x:7:temp", "p.sum",
        "temperature_1", "gps_1.latitude", "l/in", "lns.rssi"})
    if (driver.check_name(name).empty()) names.emplace_back(name);
  return names;
}

// A name that the fuzzer has spoilt still picks some driver.
const Driver& driver_of(std::string_view name) {
  if (const Driver* found = find_driver(name)) return *found;
  std::size_t sum = 0;
  for (const char c : name) sum += static_cast<unsigned char>(c);
  return *drivers()[sum % drivers().size()];
}

// Frames by port, with items and with a bitmap behind them: all that a layout can ask for.
const Json& layout() {
  static const Json kLayout = Json::parse(R"({"endian":"little","tlv":{"key":1},
    "item":[{"key":"01","name":"t","type":"i16","scale":0.1},
            {"key":"02","fields":[{"name":"in","type":"u32","bits":[3,9]},
                                  {"name":"out","type":"f32","optional":true}]},
            {"key":"03","rest":true,"fields":[{"name":"list","type":"u16","count":0,"stride":3}]}],
    "flag":[{"bit":0,"size":4,"fields":[{"name":"p","type":"f64","optional":true}]},
            {"bit":7,"fields":[{"name":"s","type":"text5"},{"name":"n","type":"bcd3"}]}],
    "frame":[{"when":{"at":0,"is":2},"fields":[{"name":"v","type":"u64"}],"flags_at":9},
             {"when":{"at":0,"is":4},"size":[2,9],"fields":[
               {"name":"c","type":"i24","poly":[1,2,3],"power":3},
               {"name":"k","value":"four"},{"name":"b","type":"i24","at":0,"bits":[[3,9],[20,4]]},
               {"name":"fw","type":"u8","count":0,"join":"."},
               {"time":"2013-01-01T00:00:00Z","type":"f32","scale":60,"optional":true}]},
             {"when":{"at":0,"is":6},"sum":{"kind":"crc8","from":1},"fields":[
               {"name":"h","type":"hex3le","at":1}]},
             {"when":{"at":0,"is":7},"sum":{"kind":"sum16","before_end":3,"from_end":3}},
             {"tlv_at":0}],
    "made":[{"name":"both","sum":["t","in","v"]},
            {"name":"text","join":["fw","b"],"between":"-"}]})");
  return kLayout;
}

// Items whose length comes first, and a checksum behind them.
const Json& closed_layout() {
  static const Json kLayout = Json::parse(R"({"endian":"big",
    "tlv":{"key":2,"length":1,"length_first":true,"before_end":2,"unknown":"skip"},
    "item":[{"key":"0201","name":"t","type":"f32"},{"key":"2a25","name":"s","type":"text14"}]})");
  return kLayout;
}

Decoder decoder_of(const Driver& driver, std::uint8_t flags) {
  DecoderOptions options;
  if ((flags & 0x40) != 0) options.names = wanted_of(driver);
  if (driver.name == "bytes" || (driver.name == "lorawan" && (flags & 0x80) != 0))
    options.extra["decode"] = (flags & 0x20) != 0 ? closed_layout() : layout();
  if ((flags & 0x80) != 0 && driver.name == "json") options.each = "/r";
  return driver.open(options);
}

struct Input {
  std::uint8_t flags = 0;
  std::string_view driver, topic, payload;
};

// Takes the text up to the next `end` away, and that.
std::string_view take(std::string_view& text, char end) {
  const std::size_t length = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return taken;
}

Input parts_of(std::string_view input) {
  if (input.empty()) return {};
  const auto flags = static_cast<std::uint8_t>(input[0]);
  input.remove_prefix(1);
  std::string_view line = take(input, '\n');
  const std::string_view driver = take(line, ' ');
  return {flags, driver, line.empty() ? "site/dev7/attrs/t" : line, input};
}

Result<Observations> decoded(const Input& parts) {
  Reading reading;
  reading.source = "fuzz";
  reading.topic = parts.topic;
  reading.payload = parts.payload;
  reading.content_type = kContentTypes[(parts.flags & 15) % kContentTypes.size()];
  reading.arrived = Timestamp{1'772'366'400'000};
  const Driver& driver = driver_of(parts.driver);
  if (driver.recognises != nullptr) driver.recognises(reading);  // may say either, must not fail
  return decoder_of(driver, parts.flags)(reading);
}

bool is_finite(const Json& value) {
  if (value.is_number_float()) return std::isfinite(value.get<double>());
  for (const Json& item : value)
    if (value.is_structured() && !is_finite(item)) return false;
  return true;
}

std::string broken_promise(const Result<Observations>& seen) {
  if (!seen) {
    if (seen.error().fault != Fault::kMalformed) return "a fault that is not kMalformed";
    if (seen.error().text.empty()) return "an error without a text";
    return is_utf8(seen.error().text) ? "" : "an error whose text is not UTF-8";
  }
  if (seen->size() > kMaxGroups) return "more groups than allowed";
  for (const ObservationGroup& group : *seen)
    for (const Observation& one : group.observations) {
      if (one.value.is_discarded()) return "a value that is none";
      if (!is_finite(one.value)) return "a value that is not finite";
      if (one.value.is_string() && !is_utf8(one.value.get_ref<const std::string&>()))
        return "text that is not UTF-8";
    }
  return "";
}

}  // namespace

std::string decode_any(std::string_view input) {
  return input.empty() ? "" : broken_promise(decoded(parts_of(input)));
}

std::string_view driver_read_by(std::string_view seed) {
  const Input parts = parts_of(seed);
  const Driver* const driver = find_driver(parts.driver);
  return driver != nullptr && decoded(parts).ok() ? driver->name : "";
}

}  // namespace lamppost
