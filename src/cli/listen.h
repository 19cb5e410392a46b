// SPDX-License-Identifier: Apache-2.0
// Readings of a source without storing them, for `lamppost discover`.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/reading.h"
#include "core/result.h"

namespace lamppost::cli {

inline constexpr std::size_t kMaxTopics = 2000;          // kept of one listening
inline constexpr std::size_t kMaxSampleBytes = 1 << 20;  // longer payloads are not kept
inline constexpr std::size_t kMaxHeardBytes = 32 << 20;  // of all samples

// The longest payload of a topic, and how many came.
struct Sample {
  Reading reading;
  std::uint64_t count = 1;
};

struct Heard {
  std::vector<Sample> samples;  // in the order of topics
  std::uint64_t readings = 0;
  bool all = true;  // false: more topics or bytes than are kept
};

// Listens for so long, or until SIGINT. MQTT: under a client id of its own, in a session that ends
// with it, so that a running daemon misses nothing. CoAP: in the place of the daemon; every reading
// is answered with 5.03, so that its sender keeps it. kTransient when it never connected, or the
// address is taken.
Result<Heard> listen(const config::Source& source, const std::string& filter,
                     std::chrono::seconds seconds);

}  // namespace lamppost::cli
