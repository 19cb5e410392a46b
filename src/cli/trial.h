// SPDX-License-Identifier: Apache-2.0
// A proposed [[mapping]], tried beside those that were proposed before it, on readings that came.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "core/reading.h"

namespace lamppost::cli {

struct Tried {
  bool loads = false;  // the configuration takes it
  bool ready = false;  // a reading becomes entities; without a reading: it loads
  std::string said;    // their ids, or what stands in the way
};

// Single-threaded. Contacts nobody.
class Trial {
 public:
  explicit Trial(const config::Config& config);

  Tried run(const std::string& stanza, const std::vector<Reading>& readings) const;
  // From now on part of every trial.
  void keep(const std::string& stanza) { kept_ += stanza + '\n'; }
  // Observations that a profile's mapping sends.
  std::vector<std::string> sent_by(const std::string& profile) const;

 private:
  std::string kept_;  // begins with the sources and a broker
  std::string file_, source_;
};

}  // namespace lamppost::cli
