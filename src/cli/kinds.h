// SPDX-License-Identifier: Apache-2.0
// Readings that one mapping could take: those of the same family, whose topics differ in the place
// of the device.
#pragma once

#include <string>
#include <vector>

#include "cli/announced.h"
#include "cli/listen.h"
#include "cli/recognise.h"

namespace lamppost::cli {

struct Kind {
  std::string profile;              // "" when none knows it
  std::string format;               // of the readings
  std::string source;               // of the configuration
  bool knows_topic = false;         // the profile's own match takes its topics
  std::vector<std::string> topics;  // sorted, at least one
  std::uint64_t readings = 0;
  std::vector<Reading> examples;  // at most kMostExamples; none: it was only announced
  std::string by;                 // who announced it, "" when nobody
  std::vector<Leaf> leaves;       // of the example, with announced units
  std::string device;             // that the payload carries
};

std::vector<Kind> kinds_of(const std::vector<Sample>& samples, const Recogniser& recogniser,
                           const Announcements& announced);

inline constexpr std::size_t kMostExamples = 8;

// "roof/{device}/state" for topics of as many levels: where they differ, or, of one topic, the
// level that looks most like a device.
std::string template_of(const std::vector<std::string>& topics);

}  // namespace lamppost::cli
