// SPDX-License-Identifier: Apache-2.0
// What a driver of a payload format is: a name, a sentence, and a function that opens a pure
// decoder. drivers/README.md shows in five steps how to add one.
#pragma once

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/observation.h"
#include "core/reading.h"
#include "core/result.h"

namespace lamppost {

// Thread-safe, and pure: the same Reading gives the same Observations, nothing is kept. Where a
// format means nothing without earlier messages (sparkplug_b), the decoder keeps what they said, in
// bounds, until it is closed; a Reading that comes before them fails, and may be decoded later.
// Fails only with Fault::kMalformed; one fault in an element fails the whole Reading.
using Decoder = std::function<Result<Observations>(const Reading&)>;

// What a mapping asks of its decoder.
struct DecoderOptions {
  // The observation names that somebody will look up; a decoder may leave out all others.
  // Empty: everything that the payload holds (`lamppost decode`).
  std::vector<std::string> names;
  // For `json`: pointer to the array whose elements are one observation group each; "" is the root.
  std::string each;
  // [mapping.options] of the mapping, keys that only this format knows.
  std::map<std::string, Json> extra;
};

// A wrong option, thrown by open() at start-up only; the loader adds the place in the file.
class OptionError : public std::runtime_error {
 public:
  OptionError(std::string option, const std::string& text)
      : std::runtime_error(text), option_(std::move(option)) {}
  const std::string& option() const { return option_; }  // "" when no single option is at fault

 private:
  std::string option_;
};

struct Driver {
  std::string_view name;      // as in `format = "json"`
  std::string_view sentence;  // for `lamppost help` and people
  Decoder (*open)(const DecoderOptions&);
  // "" when an observation of this name can exist, else why not: `"t" is no JSON pointer; write
  // "/t"`.
  std::string (*check_name)(std::string_view name);
  // Whether a reading looks like this format and hardly like another: for `lamppost decode`, which
  // then tries to. By its topic, content type and first bytes; nullptr where nothing tells.
  bool (*recognises)(const Reading&) = nullptr;
};

}  // namespace lamppost
