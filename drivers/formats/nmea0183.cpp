// SPDX-License-Identifier: Apache-2.0
// Sentences of NMEA 0183 (IEC 61162-1), as receivers of satellite navigation in vehicles, buoys and
// boats send them, with wind, depth and weather of the instruments beside them. One or several
// lines:
//
//   $GPRMC,123519.00,A,4807.038,N,01131.000,E,022.4,084.4,010326,003.1,W*7C
//
//   GP    the talker: GP, GL, GA, GB, GN, II, WI and others; P is a maker's own and passed over
//   RMC   what the fields are
//   *7C   exclusive or of all between $ and *, two hexadecimal digits
//
// An observation is called as in kParts, and "talker". Angles are degrees, south and west negative,
// from ddmm.mmmm and its hemisphere. A position or wind that the device calls not valid is null.
// RMC has date and time; others of the same hhmmss belong to it. A time of day alone is no time.
//
// What the receiver leaves empty is no observation; a sentence that is not in the table is only
// checked. One without a checksum may have been cut off: it is refused, unless the option
// `checksum = false` takes those of old devices. A wrong checksum is always refused.
#include <algorithm>
#include <array>

#include "core/ascii.h"
#include "core/hex.h"
#include "core/json_text.h"
#include "core/split.h"
#include "drivers/driver.h"
#include "drivers/formats/in_quotes.h"
#include "drivers/formats/number.h"
#include "drivers/formats/options.h"

namespace lamppost {
namespace {

using namespace formats;

constexpr std::size_t kMaxPayload = 65'536;
constexpr std::size_t kMaxSentences = 1'000;

enum class Kind : std::uint8_t { kNumber, kText, kAngle, kSpeed };

// The field `at`, counted from 1 behind the address.
struct Part {
  std::string_view sentence;
  std::size_t at;
  std::string_view name, unit;  // Rec 20
  Kind kind = Kind::kNumber;
};

constexpr auto kParts = std::to_array<Part>({
    {"GGA", 2, "latitude", "DD", Kind::kAngle},
    {"GGA", 4, "longitude", "DD", Kind::kAngle},
    {"GGA", 6, "fix_quality", ""},
    {"GGA", 7, "satellites", ""},
    {"GGA", 8, "hdop", ""},
    {"GGA", 9, "altitude", "MTR"},
    {"RMC", 2, "status", "", Kind::kText},
    {"RMC", 3, "latitude", "DD", Kind::kAngle},
    {"RMC", 5, "longitude", "DD", Kind::kAngle},
    {"RMC", 7, "speed", "KNT"},
    {"RMC", 8, "course", "DD"},
    {"GLL", 1, "latitude", "DD", Kind::kAngle},
    {"GLL", 3, "longitude", "DD", Kind::kAngle},
    {"GLL", 6, "status", "", Kind::kText},
    {"VTG", 1, "course", "DD"},
    {"VTG", 5, "speed", "KNT"},
    {"HDT", 1, "heading", "DD"},
    {"MWV", 1, "wind_angle", "DD"},
    {"MWV", 2, "wind_reference", "", Kind::kText},
    {"MWV", 3, "wind_speed", "", Kind::kSpeed},
    {"MTW", 1, "water_temperature", "CEL"},
    {"MDA", 3, "pressure", "BAR"},
    {"MDA", 5, "air_temperature", "CEL"},
    {"MDA", 9, "relative_humidity", "P1"},
    {"MDA", 11, "dew_point", "CEL"},
    {"MDA", 13, "wind_direction", "DD"},
    {"MDA", 19, "wind_speed", "MTS"},
    {"DPT", 1, "depth", "MTR"},
    {"DBT", 3, "depth", "MTR"},
});

// Where a sentence says whether its other values are valid: one of `words` in
// the field `at`.
struct Validity {
  std::string_view sentence;
  std::size_t at;
  std::string_view words;
};
constexpr auto kValidities = std::to_array<Validity>(
    {{"GGA", 6, "12345678"}, {"RMC", 2, "AD"}, {"GLL", 6, "AD"}, {"MWV", 5, "A"}});
// These are true whatever the fix is worth.
constexpr auto kAlways =
    std::to_array<std::string_view>({"fix_quality", "status", "satellites", "wind_reference"});

struct Sentence {
  std::string_view talker, formatter;
  std::vector<std::string_view> fields;  // the address is the first
  std::string_view field(std::size_t at) const { return at < fields.size() ? fields[at] : ""; }
};

Error malformed(const std::string& what) {
  return Error{Fault::kMalformed, "not NMEA 0183: " + what, ""};
}

// As it stands behind the sentence.
std::string checksum_of(std::string_view text) {
  char sum = 0;
  for (const char c : text) sum = static_cast<char>(sum ^ c);
  return to_hex({&sum, 1});
}

bool is_address(std::string_view address) {
  return address.size() >= 4 && std::all_of(address.begin(), address.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

Result<Sentence> sentence_of(std::string_view line, bool needs_checksum) {
  std::string_view text = line;
  if (text[0] == '$' || text[0] == '!') text.remove_prefix(1);  // serial bridges lose it
  const std::size_t star = text.rfind('*');
  if (star == text.npos && needs_checksum)
    return malformed(in_quotes(line) + " has no checksum: a \"*\" and two digits");
  if (star != text.npos) {
    if (to_lower(text.substr(star + 1)) != checksum_of(text.substr(0, star)))
      return malformed("the checksum of " + in_quotes(line) + " is wrong");
    text = text.substr(0, star);
  }
  if (!is_utf8(text)) return malformed("a sentence that is no text");
  Sentence sentence{"", "", split(text, ',')};
  const std::string_view address = sentence.fields[0];
  if (!is_address(address)) return malformed(in_quotes(address) + " is no talker and sentence");
  if (address[0] == 'P') return sentence;  // a maker's own
  sentence.talker = address.substr(0, 2);
  sentence.formatter = address.substr(2);
  return sentence;
}

// --- Values; nullopt when a field is none of its kind ---

// "4807.038" and "N": 48 degrees and 7.038 minutes.
std::optional<Json> angle_of(std::string_view text, std::string_view hemisphere) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const bool is_latitude = hemisphere == "N" || hemisphere == "S";
  if (!is_latitude && hemisphere != "E" && hemisphere != "W") return std::nullopt;
  if (point < 3 || text[0] == '-' || text[0] == '+') return std::nullopt;
  const auto degrees = parse_number(text.substr(0, point - 2));
  const auto minutes = parse_number(text.substr(point - 2));
  if (!degrees || !minutes || !(*minutes < 60)) return std::nullopt;
  const double angle = degrees->get<double>() + minutes->get<double>() / 60;
  if (angle > (is_latitude ? 90 : 180)) return std::nullopt;
  return hemisphere == "S" || hemisphere == "W" ? -angle : angle;
}

std::string_view unit_of_speed(std::string_view letter) {
  if (letter == "M") return "MTS";
  if (letter == "K") return "KMH";
  return letter == "N" ? "KNT" : letter == "S" ? "HM" : "";
}

std::optional<Json> value_of(const Part& part, const Sentence& sentence) {
  const std::string_view text = sentence.field(part.at), next = sentence.field(part.at + 1);
  if (part.kind == Kind::kText) return std::string(text);
  if (part.kind == Kind::kAngle) return angle_of(text, next);
  auto number = parse_number(text);
  if (number && part.kind == Kind::kSpeed && unit_of_speed(next).empty()) return std::nullopt;
  return number;
}

bool is_valid(const Sentence& sentence) {
  for (const Validity& one : kValidities)
    if (one.sentence == sentence.formatter) {
      const std::string_view word = sentence.field(one.at);
      return word.size() == 1 && one.words.find(word) != one.words.npos;
    }
  return true;
}

std::string_view time_of_day(const Sentence& sentence) {
  if (sentence.formatter == "GLL") return sentence.field(5);
  const bool first = sentence.formatter == "GGA" || sentence.formatter == "RMC";
  return first ? sentence.field(1) : "";
}

// "230394" and "123519.00". There was no satellite navigation before 1980.
std::optional<Timestamp> moment_of(std::string_view date, std::string_view time) {
  if (date.size() != 6 || time.size() < 6) return std::nullopt;
  std::string text = date.substr(4) < "80" ? "20" : "19";
  text.append(date.substr(4)).append("-").append(date.substr(2, 2)).append("-");
  text.append(date.substr(0, 2)).append("T").append(time.substr(0, 2)).append(":");
  return parse_rfc3339(text.append(time.substr(2, 2)).append(":").append(time.substr(4)) + "Z");
}

class Collector {
 public:
  // The fault, or "".
  std::string add(const Sentence& sentence);
  Observations take() { return std::move(seen_); }

 private:
  std::string begin_group(const Sentence& sentence);
  void observe(std::string name, Json value, std::string_view unit);

  Observations seen_{ObservationGroup{}};
  std::string time_;  // hhmmss of the group
};

// A value of the same moment from another sentence: the first that is one
// counts.
void Collector::observe(std::string name, Json value, std::string_view unit) {
  for (Observation& known : seen_.back().observations)
    if (known.name == name) {
      if (known.value.is_null()) known = {std::move(name), std::move(value), std::string(unit)};
      return;
    }
  seen_.back().observations.push_back({std::move(name), std::move(value), std::string(unit)});
}

std::string Collector::begin_group(const Sentence& sentence) {
  const std::string_view time = time_of_day(sentence);
  if (time.empty()) return "";
  if (!time_.empty() && time_ != time) seen_.emplace_back();
  time_ = time;
  const std::string_view date = sentence.formatter == "RMC" ? sentence.field(9) : "";
  if (date.empty()) return "";
  seen_.back().device_time = moment_of(date, time);
  return seen_.back().device_time ? ""
                                  : in_quotes(date) + " and " + in_quotes(time) + " is no time";
}

std::string Collector::add(const Sentence& sentence) {
  if (std::string fault = begin_group(sentence); !fault.empty()) return fault;
  const bool valid = is_valid(sentence);
  for (const Part& part : kParts) {
    if (part.sentence != sentence.formatter || sentence.field(part.at).empty()) continue;
    auto value = value_of(part, sentence);
    if (!value)
      return std::string(part.name) + " of " + std::string(sentence.formatter) + " is " +
             in_quotes(sentence.field(part.at));
    if (!valid && std::find(kAlways.begin(), kAlways.end(), part.name) == kAlways.end())
      *value = nullptr;
    const std::string_view unit =
        part.kind == Kind::kSpeed ? unit_of_speed(sentence.field(part.at + 1)) : part.unit;
    observe(std::string(part.name), std::move(*value), unit);
  }
  if (!sentence.talker.empty()) observe("talker", std::string(sentence.talker), "");
  return "";
}

Result<Observations> decode(const Reading& reading, bool needs_checksum) {
  if (reading.payload.size() > kMaxPayload)
    return malformed(std::to_string(reading.payload.size()) + " bytes, at most " +
                     std::to_string(kMaxPayload));
  Collector collector;
  std::size_t count = 0;
  for (std::string_view line : split(reading.payload, '\n')) {
    line = trimmed(line);
    if (line.empty()) continue;
    if (++count > kMaxSentences)
      return malformed("more than " + std::to_string(kMaxSentences) + " sentences");
    const auto sentence = sentence_of(line, needs_checksum);
    if (!sentence) return sentence.error();
    if (const std::string fault = collector.add(*sentence); !fault.empty()) return malformed(fault);
  }
  if (count == 0) return malformed("the payload is empty");
  return collector.take();
}

bool recognises(const Reading& reading) {
  const std::string_view text = trimmed(reading.payload);
  return text.size() > 6 && (text[0] == '$' || text[0] == '!') &&
         is_address(text.substr(1, text.find(',') - 1)) && text.find('*') != text.npos;
}

std::string check_name(std::string_view name) {
  const bool known =
      name == "talker" ||
      std::any_of(kParts.begin(), kParts.end(), [&](const Part& one) { return one.name == name; });
  return known ? ""
               : '"' + std::string(name) +
                     "\" is no value of NMEA 0183; write latitude, longitude, "
                     "speed, course, "
                     "wind_speed, depth ...";
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "nmea0183", {"checksum"}, check_name);
  refuse_each(options, "nmea0183");
  const bool needs_checksum = flag(options, "checksum", true);
  return [needs_checksum](const Reading& reading) { return decode(reading, needs_checksum); };
}

}  // namespace

extern const Driver kNmea0183;
constinit const Driver kNmea0183{"nmea0183",
                                 "sentences of NMEA 0183: position, speed, wind, depth, weather",
                                 open, check_name, recognises};

}  // namespace lamppost
