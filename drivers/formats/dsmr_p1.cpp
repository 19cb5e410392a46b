// SPDX-License-Identifier: Apache-2.0
// The telegram of a smart meter's customer port: DSMR P1 (Dutch companion standard 2.2 to 5.0, and
// what Belgium, Luxembourg, Sweden and others made of it), in the form of IEC 62056-21 mode D with
// OBIS codes of IEC 62056-61 (dsmr_telegram.h).
//
//   0-0:1.0.0(161113205757W)                      local time, W = winter, S = summer
//   1-0:1.8.1(001581.123*kWh)                     one value and its unit
//   0-1:24.2.1(161129200000W)(00981.443*m3)       a meter on M-Bus channel 1: when it was read,
//   value 0-1:24.3.0(161107190000)(00)(60)(1)(0-1:24.2.1)(m3) (00001.001) the same before version
//   4, and called 0-1:24.2.1
//
//   observations "1-0:1.8.1" (without *255), "identification"; "gas", "water" and "heat", when
//   asked
//                for, are the readings of the first M-Bus meter of that kind
//   values       with a unit a number; without one text as it is ("0002" may be a code); () is
//   null;
//                times as text in UTC; several values an array of texts
//   groups       the electricity meter at the telegram's time, and each M-Bus meter at the time of
//                its reading; other lines with a time of their own make a group at that time
//   device       the equipment identifier, in plain text where it is hexadecimal for such
//
// Winter time is UTC+1; the option `winter_offset` (minutes) says otherwise. A time without W or S
// is none. A meter of 1970 was never read: its value is null. An encrypted telegram (Luxembourg,
// Austria) has to be decrypted in front of us.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "core/json_text.h"
#include "core/units.h"
#include "drivers/driver.h"
#include "drivers/formats/dsmr_telegram.h"
#include "drivers/formats/grouping.h"
#include "drivers/formats/in_quotes.h"
#include "drivers/formats/number.h"
#include "drivers/formats/options.h"

namespace lamppost {
namespace {

using namespace formats;

constexpr int kCetMinutes = 60;
constexpr std::string_view kNeverRead = "70";  // year

bool is_time(std::string_view field) {
  if (field.size() == 13 && (field[12] == 'W' || field[12] == 'S')) field.remove_suffix(1);
  return field.size() == 12 && field.find_first_not_of("0123456789") == field.npos;
}

bool is_never(std::string_view field) { return field.starts_with(kNeverRead); }

// nullopt for what is no time, and for one that does not say W or S.
std::optional<Timestamp> time_of(std::string_view field, int winter_minutes) {
  if (!is_time(field) || field.size() != 13) return std::nullopt;
  std::string text = is_never(field) ? "19" : "20";
  for (std::size_t i = 0; i < 12; i += 2) {
    constexpr std::string_view kBetween = "--T::";
    text += field.substr(i, 2);
    if (i < 10) text += kBetween[i / 2];
  }
  return parse_rfc3339(text, winter_minutes + (field[12] == 'S' ? 60 : 0));
}

std::string unit_of(std::string_view symbol) {
  return std::string(symbol == "GJ" ? "GV" : unit_of_senml(symbol));
}

struct Value {
  Json value;
  std::string unit;
};

// nullopt when something is no text, or no number in front of its unit.
std::optional<Value> value_of(std::string_view field, int winter_minutes) {
  if (field.empty()) return Value{nullptr, ""};
  if (!is_utf8(field)) return std::nullopt;
  if (const auto time = time_of(field, winter_minutes)) return Value{to_iso8601(*time), ""};
  const std::size_t star = field.find('*');
  if (star == field.npos) return Value{std::string(field), ""};
  const auto number = parse_number(field.substr(0, star));
  if (!number) return std::nullopt;
  return Value{*number, unit_of(field.substr(star + 1))};
}

// Octets in hexadecimal that are printable, as the front of the meter shows them.
std::string identifier_of(std::string_view field) {
  std::string text;
  for (std::size_t i = 0; i + 1 < field.size(); i += 2) {
    int octet = 0;
    const auto stop = std::from_chars(field.data() + i, field.data() + i + 2, octet, 16).ptr;
    if (stop != field.data() + i + 2 || octet < 0x20 || octet > 0x7e) return std::string(field);
    text += static_cast<char>(octet);
  }
  const std::string_view plain = trimmed(text);  // some are filled up with blanks
  return plain.empty() || field.size() % 2 != 0 ? std::string(field) : std::string(plain);
}

// --- Meters ---

struct Meter {
  std::string device, kind;  // kind "gas", "water", "heat" or ""
  std::optional<Timestamp> time;
};
using Meters = std::map<int, Meter>;  // by channel, 0 = electricity

std::string_view part_of(const DsmrLine& line) {
  return std::string_view(line.code).substr(line.code.find(':') + 1);
}

bool is_reading(const DsmrLine& line) {
  return part_of(line) == "24.2.1" || part_of(line) == "24.2.3";
}

std::string kind_of(std::string_view type) {
  constexpr std::pair<int, std::string_view> kKinds[] = {// EN 13757-3, table of media
                                                         {3, "gas"},
                                                         {4, "heat"},
                                                         {6, "water"},
                                                         {7, "water"},
                                                         {12, "heat"}};
  const auto number = parse_number(type);
  for (const auto& [code, kind] : kKinds)
    if (number && *number == code) return std::string(kind);
  return "";
}

// Best first; what stands in another line of some countries is no identifier there.
constexpr std::array<std::string_view, 4> kIdentifiers = {"96.1.1", "96.1.0", "42.0.0", "96.1.255"};

Meters meters_of(const std::vector<DsmrLine>& lines, int winter_minutes) {
  Meters meters;
  for (const DsmrLine& line : lines) {
    Meter& meter = meters[line.channel];
    if (part_of(line) == "1.0.0" || is_reading(line))
      meter.time = time_of(line.fields[0], winter_minutes);
    if (part_of(line) == "24.1.0") meter.kind = kind_of(line.fields[0]);
  }
  for (const std::string_view identifier : kIdentifiers)
    for (const DsmrLine& line : lines)
      if (Meter& meter = meters[line.channel]; meter.device.empty() && part_of(line) == identifier)
        meter.device = identifier_of(line.fields[0]);
  return meters;
}

// --- Observations ---

struct Options {
  std::vector<std::string> wanted;  // empty: everything
  int winter_minutes = kCetMinutes;
};

class Collector {
 public:
  Collector(Meters meters, const Options& options)
      : meters_(std::move(meters)), options_(options) {}

  void add_identification(std::string_view text) {
    add(0, meters_[0].time, "identification", {std::string(text), ""});
  }
  // The fault, or "".
  std::string add(const DsmrLine& line);
  Observations seen() { return seen_.take(); }

 private:
  void add(int channel, std::optional<Timestamp> at, const std::string& name, const Value& value);

  Meters meters_;
  const Options& options_;
  Grouping seen_;
  std::set<std::string> kinds_;  // that have a reading
};

void Collector::add(int channel, std::optional<Timestamp> at, const std::string& name,
                    const Value& value) {
  const auto& wanted = options_.wanted;
  if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) return;
  seen_.at(meters_[channel].device, at).observations.push_back({name, value.value, value.unit});
}

std::string Collector::add(const DsmrLine& line) {
  const Meter& meter = meters_[line.channel];
  const bool dated = line.fields.size() > 1 && is_time(line.fields[0]);
  if (line.fields.size() > (dated ? 2 : 1)) {
    if (!std::all_of(line.fields.begin(), line.fields.end(), is_utf8))
      return line.code + " holds what is no text";
    add(line.channel, meter.time, line.code, {line.fields, ""});
    return "";
  }
  auto value = value_of(line.fields.back(), options_.winter_minutes);
  if (!value) return in_quotes(line.fields.back()) + " in " + line.code + " is no value";
  if (dated && is_never(line.fields[0])) value->value = nullptr;
  const auto at = dated ? time_of(line.fields[0], options_.winter_minutes) : meter.time;
  add(line.channel, at, line.code, *value);
  if (is_reading(line) && !options_.wanted.empty() && !meter.kind.empty() &&
      kinds_.insert(meter.kind).second)
    add(line.channel, at, meter.kind, *value);
  return "";
}

Result<Observations> decode(const Reading& reading, const Options& options) {
  const auto telegram = read_dsmr(reading.payload);
  if (!telegram) return telegram.error();
  Collector collector(meters_of(telegram->lines, options.winter_minutes), options);
  if (!is_utf8(telegram->identification)) return malformed_dsmr("the identification is no text");
  collector.add_identification(telegram->identification);
  for (const DsmrLine& line : telegram->lines)
    if (const std::string fault = collector.add(line); !fault.empty()) return malformed_dsmr(fault);
  return collector.seen();
}

bool recognises(const Reading& reading) {
  const std::string_view text = trimmed(reading.payload);
  return text.starts_with('/') && text.find("\n!") != text.npos;
}

std::string check_name(std::string_view name) {
  constexpr std::array<std::string_view, 4> kWords = {"identification", "gas", "water", "heat"};
  if (std::find(kWords.begin(), kWords.end(), name) != kWords.end() || is_obis_code(name))
    return "";
  return '"' + std::string(name) +
         "\" is no OBIS code; write it as in \"1-0:1.8.1\", or gas, water, heat, identification";
}

Decoder open(const DecoderOptions& given) {
  check_options(given, "dsmr_p1", {"winter_offset"}, check_name);
  refuse_each(given, "dsmr_p1");
  Options options{given.names, kCetMinutes};
  if (const auto found = given.extra.find("winter_offset"); found != given.extra.end()) {
    if (!found->second.is_number_integer() || found->second < -720 || found->second > 840)
      throw OptionError("winter_offset", "winter_offset is in minutes east of UTC: 60 for UTC+1");
    options.winter_minutes = found->second;
  }
  return [options](const Reading& reading) { return decode(reading, options); };
}

}  // namespace

extern const Driver kDsmrP1;
constinit const Driver kDsmrP1{"dsmr_p1", "telegrams of a smart meter's P1 port", open, check_name,
                               recognises};

}  // namespace lamppost
