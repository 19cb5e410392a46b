// SPDX-License-Identifier: Apache-2.0
// FIWARE Ultralight 2.0 (manual of the IoT Agent for Ultralight): keys and values between bars.
//
//   t|15|k|abc                       one group: t = 15, k = "abc"
//   t|15#t|16                        two groups
//   2016-06-13T00:35:30Z|t|15        the device's time in front,
//   TimeInstant|2016-06-13T00:35:30Z|t|15    or as a key; without an offset it is UTC
//   |t|15                            a bar in front means nothing
//   e|[1,2]|g|{a:1,b:'x'}            JSON, also with single quotes and bare keys
//   dev7@ping|done                   result of a command: device dev7, observation ping
//   15                               one value; its name is the last level of the topic
//
// Numbers, true, false and null mean what they mean in JSON, everything else is text. An empty
// key, value or group is malformed. A time is also an observation "TimeInstant".
#include <algorithm>

#include "core/json_text.h"
#include "drivers/driver.h"
#include "drivers/formats/in_quotes.h"
#include "drivers/formats/json_tree.h"
#include "drivers/formats/number.h"
#include "drivers/formats/options.h"
#include "drivers/formats/relaxed_json.h"

namespace lamppost {
namespace {

using namespace formats;
using Fields = std::vector<std::string_view>;

constexpr std::size_t kMaxGroups = 10'000;
constexpr std::string_view kTimeKey = "TimeInstant";

Error malformed(const std::string& what) {
  return Error{Fault::kMalformed, "not Ultralight: " + what, ""};
}

// Bytes up to the next "|" or "#"; those within JSON do not count.
std::size_t field_length(std::string_view text) {
  if (text.starts_with('{') || text.starts_with('[')) {
    const std::size_t length = bracketed_length(text);
    if (length == text.size() || (length > 0 && (text[length] == '|' || text[length] == '#')))
      return length;
  }
  return std::min(text.find_first_of("|#"), text.size());
}

std::vector<Fields> split(std::string_view text) {
  std::vector<Fields> groups(1);
  while (true) {
    const std::size_t length = field_length(text);
    groups.back().push_back(text.substr(0, length));
    if (length == text.size()) return groups;
    if (text[length] == '#') groups.emplace_back();
    text.remove_prefix(length + 1);
  }
}

Json value_of(std::string_view text) {
  if (auto strict = json_to_tree(text)) return std::move(*strict);
  const bool bracketed = text.starts_with('{') || text.starts_with('[');
  if (bracketed)
    if (auto relaxed = json_to_tree(strict_json(text))) return std::move(*relaxed);
  if (text == "nan" || text == "NaN") return nullptr;
  return std::string(text);
}

// The agent hands times on as they are and NGSI reads a time without an offset as UTC.
bool set_time(ObservationGroup& group, std::string_view written) {
  group.device_time = parse_rfc3339(written, 0);
  group.observations.push_back({std::string(kTimeKey), std::string(written), ""});
  return group.device_time.has_value();
}

// "dev7@ping|done": all of the rest is the result, whatever is in it.
Result<Observations> command_result(std::string_view text, std::size_t bar) {
  const std::size_t at = text.find('@');
  const std::string_view command = text.substr(at + 1, bar - at - 1);
  if (at == 0 || command.empty()) return malformed("a command result is device@command|result");
  ObservationGroup group;
  group.device = text.substr(0, at);
  group.observations.push_back({std::string(command), value_of(text.substr(bar + 1)), ""});
  return Observations{std::move(group)};
}

Result<Observations> single_value(std::string_view text, std::string_view topic) {
  const std::string_view name = topic.substr(topic.rfind('/') + 1);  // npos + 1 is 0
  if (name.empty() || name == "attrs")
    return malformed("one value without a key, and the topic " + in_quotes(topic) +
                     " ends in no attribute name");
  ObservationGroup group;
  group.observations.push_back({std::string(name), value_of(text), ""});
  return Observations{std::move(group)};
}

Result<ObservationGroup> group_of(const Fields& fields) {
  if (fields.size() == 1 && fields[0].empty()) return malformed("an empty group");
  ObservationGroup group;
  const bool time_in_front = fields.size() % 2 == 1;
  if (time_in_front && !set_time(group, fields[0]))
    return malformed(in_quotes(fields[0]) + " is no time, and keys and values do not pair up");
  for (std::size_t i = time_in_front ? 1 : 0; i < fields.size(); i += 2) {
    const std::string_view key = fields[i], value = fields[i + 1];
    if (key.empty()) return malformed("an empty key before " + in_quotes(value));
    if (value.empty()) return malformed("no value for " + in_quotes(key));
    if (key != kTimeKey)
      group.observations.push_back({std::string(key), value_of(value), ""});
    else if (!set_time(group, value))
      return malformed(in_quotes(value) + " is no time");
  }
  const bool only_time = group.device_time && group.observations.size() == 1;
  if (only_time) return malformed("a time without a value");
  return group;
}

Result<Observations> decode(const Reading& reading) {
  std::string_view text = trimmed(reading.payload);
  if (text.empty()) return malformed("the payload is empty");
  if (!is_utf8(text)) return malformed("invalid UTF-8");
  const bool keyed = text.find('|') != text.npos;
  if (!keyed) return single_value(text, reading.topic);
  if (text.starts_with('|')) text.remove_prefix(1);
  const std::size_t bar = text.find('|');
  if (bar != text.npos && text.substr(0, bar).find('@') != text.npos)
    return command_result(text, bar);
  Observations seen;
  for (const Fields& fields : split(text)) {
    if (seen.size() == kMaxGroups) return malformed("more than 10000 groups");
    auto group = group_of(fields);
    if (!group) return group.error();
    seen.push_back(std::move(*group));
  }
  return seen;
}

// Its topics, or bars in text that is no JSON.
bool recognises(const Reading& reading) {
  const std::string_view topic = reading.topic, text = trimmed(reading.payload);
  if (topic.starts_with("ul/") || topic.starts_with("/ul/")) return true;
  return !text.empty() && text[0] != '{' && text[0] != '[' && text[0] != '/' && is_utf8(text) &&
         text.find('|') != text.npos;
}

std::string check_name(std::string_view name) {
  if (auto fault = written_as_pointer(name, "Ultralight key"); !fault.empty()) return fault;
  if (!name.empty() && name.find_first_of("|#@") == name.npos) return "";
  return '"' + std::string(name) + "\" is no Ultralight key: \"|\", \"#\" and \"@\" separate";
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "ultralight", {}, check_name);
  refuse_each(options, "ultralight");
  return decode;
}

}  // namespace

extern const Driver kUltralight;
constinit const Driver kUltralight{"ultralight", "FIWARE Ultralight 2.0: t|15|k|abc", open,
                                   check_name, recognises};

}  // namespace lamppost
