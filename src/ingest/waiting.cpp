// SPDX-License-Identifier: Apache-2.0
#include "ingest/waiting.h"

#include "core/hex.h"
#include "core/json.h"
#include "core/json_text.h"

namespace lamppost::ingest {
namespace {

Error no_reading() { return {Fault::kMalformed, "no reading that waited for the clock", ""}; }

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
    const bool is_text = !json.contains("hex");
    const auto payload = is_text ? json.at("payload").get<std::string>()
                                 : from_hex(json.at("hex").get_ref<const std::string&>());
    if (!payload) return no_reading();
    waiting.reading.payload = *payload;
    json.at("arrived").get_to(waiting.reading.arrived.ms);
    waiting.monotonic = std::chrono::milliseconds(json.at("monotonic").get<std::int64_t>());
    json.at("boot").get_to(waiting.boot);
    return waiting;
  } catch (const Json::exception&) {
    return no_reading();
  }
}

}  // namespace lamppost::ingest
