// SPDX-License-Identifier: Apache-2.0
// A reading whose time nobody knows yet, as it waits in the outbox for a clock that can be
// believed. It waits as a row of a destination of its own, so it is as safe as every other row.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/reading.h"
#include "core/result.h"

namespace lamppost::ingest {

// No broker can have this name.
inline constexpr const char* kClockDestination = "(clock)";

struct Waiting {
  Reading reading;   // `arrived` is what the clock showed
  std::string boot;  // of the machine; `monotonic` means something only in the same one
  std::chrono::milliseconds monotonic{0};
};

// JSON: {"source","topic","content_type","payload" or "hex","arrived" ms,"monotonic" ms,"boot"}.
std::string to_text(const Waiting& waiting);
// kMalformed when it is no text of to_text().
Result<Waiting> waiting_of(std::string_view text);

}  // namespace lamppost::ingest
