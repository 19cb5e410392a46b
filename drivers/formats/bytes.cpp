// SPDX-License-Identifier: Apache-2.0
// A binary payload that a layout describes (layout.h). Observations have the names of its fields.
//
//   [mapping.options]
//   decode = "dingtek-df702"     # a layout of config/layouts
//   text   = "hex"               # "base64": the payload is text that stands for the bytes
//   fport  = 3                   # which LoRaWAN port the bytes are of, when the layout asks
#include "core/hex.h"
#include "drivers/driver.h"
#include "drivers/formats/encoded.h"
#include "drivers/formats/layout.h"
#include "drivers/formats/number.h"
#include "drivers/formats/options.h"

namespace lamppost {
namespace {

using namespace formats;

enum class Text { kNone, kHex, kBase64 };

struct Plan {
  Layout layout;
  Text text = Text::kNone;
  std::optional<int> fport;
};

Result<Observations> decode(const Reading& reading, const Plan& plan) {
  std::string_view bytes = reading.payload;
  std::optional<std::string> plain;
  if (plan.text != Text::kNone) {
    plain = plan.text == Text::kHex ? from_hex(trimmed(bytes)) : decode_base64(trimmed(bytes));
    if (!plain)
      return Error{Fault::kMalformed,
                   plan.text == Text::kHex ? "not pairs of hexadecimal digits" : "not base64", ""};
    bytes = *plain;
  }
  Observations seen(1);
  if (auto done = read_layout(plan.layout, bytes, plan.fport, seen[0]); !done) return done.error();
  return seen;
}

std::string check_name(std::string_view name) {
  return name.empty() ? "a value of a layout has a name" : "";
}

Text text_option(const DecoderOptions& options) {
  const auto found = options.extra.find("text");
  if (found == options.extra.end()) return Text::kNone;
  if (found->second == "hex") return Text::kHex;
  if (found->second == "base64") return Text::kBase64;
  throw OptionError("text", "text is \"hex\" or \"base64\"");
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "bytes", {"decode", "text", "fport"}, check_name);
  refuse_each(options, "bytes");
  const auto content = options.extra.find("decode");
  if (content == options.extra.end())
    throw OptionError("", "bytes needs options = { decode = \"...\" }, the name of a layout");
  if (!content->second.is_object())
    throw OptionError("decode", "bytes wants the name of a layout, not " + content->second.dump());
  Plan plan{compile_layout(content->second, options.names), text_option(options), std::nullopt};
  if (const auto fport = options.extra.find("fport"); fport != options.extra.end()) {
    if (!fport->second.is_number_integer() || fport->second < 0 || fport->second > 255)
      throw OptionError("fport", "an fPort is 0 to 255");
    plan.fport = fport->second.get<int>();
  }
  return [plan](const Reading& reading) { return decode(reading, plan); };
}

}  // namespace

extern const Driver kBytes;
constinit const Driver kBytes{
    "bytes", "a binary payload; a layout says which bytes are which value", open, check_name};

}  // namespace lamppost
