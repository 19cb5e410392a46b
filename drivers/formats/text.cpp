// SPDX-License-Identifier: Apache-2.0
// One plain value per payload, as Shelly Gen1, ESPHome and countless small devices publish it. The
// observation is called "value".
//
//   21.4   " 21.4\n"   1e3           the number
//   true   false                     a boolean
//   nan  inf  null  unavailable  unknown  (in any case), or nothing at all
//                                    no value (null)
//   ON   offline   A3                the text; a mapping's `map` gives it a meaning
//
// With [mapping.options] suffix = true a unit may follow the number: "-59 dBm" is -59 and an
// observation "suffix" with "dBm".
#include <algorithm>
#include <array>

#include "core/json_text.h"
#include "drivers/driver.h"
#include "drivers/formats/number.h"
#include "drivers/formats/options.h"

namespace lamppost {
namespace {

using namespace formats;

constexpr std::size_t kMaxText = 4096;  // bytes; longer is no single value

bool says_no_value(std::string_view text) {
  constexpr auto kWords =
      std::to_array<std::string_view>({"nan", "inf", "infinity", "null", "unavailable", "unknown"});
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  const auto same = [&](std::string_view word) {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
      return a == b || (a >= 'A' && a <= 'Z' && a + ('a' - 'A') == b);
    });
  };
  return text.empty() || std::any_of(kWords.begin(), kWords.end(), same);
}

Json value_of(std::string_view text) {
  if (auto number = parse_number(text)) return std::move(*number);
  if (text == "true" || text == "false") return text == "true";
  if (says_no_value(text)) return nullptr;
  return std::string(text);
}

Result<Observations> decode(const Reading& reading, bool with_suffix) {
  const std::string_view text = trimmed(reading.payload);
  if (text.size() > kMaxText)
    return Error{Fault::kMalformed,
                 "not one value: " + std::to_string(text.size()) + " bytes of text, at most " +
                     std::to_string(kMaxText),
                 ""};
  if (!is_utf8(text)) return Error{Fault::kMalformed, "not text: invalid UTF-8", ""};
  Observations seen(1);
  auto& observations = seen[0].observations;
  const auto measure = with_suffix ? parse_measure(text) : std::nullopt;
  if (!measure) {
    observations.push_back({"value", value_of(text), ""});
    return seen;
  }
  observations.push_back({"value", measure->number, ""});
  if (!measure->suffix.empty())
    observations.push_back({"suffix", std::string(measure->suffix), ""});
  return seen;
}

std::string check_name(std::string_view name) {
  if (name == "value" || name == "suffix") return "";
  return "a text payload is one value; write \"value\", not \"" + std::string(name) + '"';
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "text", {"suffix"}, check_name);
  refuse_each(options, "text");
  const bool with_suffix = flag(options, "suffix", false);
  return [with_suffix](const Reading& reading) { return decode(reading, with_suffix); };
}

}  // namespace

extern const Driver kText;
constinit const Driver kText{"text", "one plain value per payload: a number, a word or nothing",
                             open, check_name};

}  // namespace lamppost
