// SPDX-License-Identifier: Apache-2.0
#include "ingest/waiting.h"

#include <charconv>

#include "core/json.h"
#include "core/json_text.h"

namespace lamppost::ingest {
namespace {

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text += kDigits[value >> 4];
    text += kDigits[value & 15];
  }
  return text;
}

std::string from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

}  // namespace

std::string to_text(const Waiting& waiting) {
  const Reading& reading = waiting.reading;
  const bool is_text = is_utf8(reading.payload);
  const Json json = {
      {"source", reading.source},
      {"topic", reading.topic},
      {"content_type", reading.content_type},
      {is_text ? "payload" : "hex", is_text ? reading.payload : to_hex(reading.payload)},
      {"arrived", reading.arrived.ms},
      {"monotonic", waiting.monotonic.count()},
      {"boot", waiting.boot}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Waiting> waiting_of(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  try {
    Waiting waiting;
    json.at("source").get_to(waiting.reading.source);
    json.at("topic").get_to(waiting.reading.topic);
    json.at("content_type").get_to(waiting.reading.content_type);
    waiting.reading.payload = json.contains("hex")
                                  ? from_hex(json.at("hex").get_ref<const std::string&>())
                                  : json.at("payload").get<std::string>();
    json.at("arrived").get_to(waiting.reading.arrived.ms);
    waiting.monotonic = std::chrono::milliseconds(json.at("monotonic").get<std::int64_t>());
    json.at("boot").get_to(waiting.boot);
    return waiting;
  } catch (const Json::exception&) {
    return Error{Fault::kMalformed, "no reading that waited for the clock", ""};
  }
}

}  // namespace lamppost::ingest
