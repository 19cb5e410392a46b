// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/decode_any.h"

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

std::vector<std::string> wanted_of(std::string_view format) {
  if (format == "json") return {"/t", "/id", "/r/0/t", "/a/b", "/a"};
  if (format == "text") return {"value"};
  return {"t", "temp", "urn:dev:x:7:temp", "p.sum"};
}

Decoder decoder_of(std::uint8_t selector) {
  const Driver& driver = *drivers()[(selector & 15) % drivers().size()];
  DecoderOptions options;
  if ((selector & 0x40) != 0) options.names = wanted_of(driver.name);
  if ((selector & 0x80) != 0 && driver.name == "json") options.each = "/r";
  return driver.open(options);
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
  if (input.empty()) return "";
  const auto selector = static_cast<std::uint8_t>(input[0]);
  Reading reading;
  reading.source = "fuzz";
  reading.topic = "site/dev7/attrs/t";
  reading.payload = input.substr(1);
  reading.content_type = kContentTypes[selector >> 4 & 3];
  reading.arrived = Timestamp{1'772'366'400'000};
  return broken_promise(decoder_of(selector)(reading));
}

}  // namespace lamppost
