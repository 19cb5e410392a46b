// SPDX-License-Identifier: Apache-2.0
// What a payload is, when nobody says it: for `lamppost decode` and `lamppost discover`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/profile.h"
#include "core/observation.h"
#include "core/reading.h"
#include "core/result.h"

namespace lamppost::cli {

struct Found {
  std::string what;  // "profile zigbee2mqtt", "format json"; "" when nothing fits
  Result<Observations> seen;
  const config::Profile* profile = nullptr;  // of the Recogniser
  std::string format;
};

// Single-threaded. Reads every profile once.
class Recogniser {
 public:
  // `config_file` says where the profiles are (data_dirs).
  explicit Recogniser(const std::filesystem::path& config_file);

  // A profile that says what its payloads look like, then one whose topics are like this one, then
  // the formats, those first that the reading looks like.
  Found recognise(const Reading& reading) const;
  // Names of the profiles of devices whose layout reads these bytes, hexadecimal digits, as what
  // can be measured. Values of lns.data and lns.fPort; nullptr: it is not said.
  std::vector<std::string> readers_of(const Json* data, const Json* port) const;
  const std::vector<config::Profile>& profiles() const { return profiles_; }

 private:
  std::vector<config::Profile> profiles_;
};

}  // namespace lamppost::cli
