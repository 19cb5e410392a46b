// SPDX-License-Identifier: Apache-2.0
#include "daemon/stderr_log.h"

#include <unistd.h>

#include <cstdlib>

#include "daemon/system_clock.h"

namespace lamppost::daemon {
namespace {

std::string_view word(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return "error: ";
    case LogLevel::kWarning:
      return "warning: ";
    default:
      return "";
  }
}

}  // namespace

Log stderr_log() {
  const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
  return Log([journal](LogLevel level, std::string_view text) {
    if (level == LogLevel::kDebug) return;
    std::string line = journal ? "<" + std::to_string(static_cast<int>(level)) + ">"
                               : to_iso8601(SystemClock().now()) + " " + std::string(word(level));
    line.append(text);
    line += '\n';
    // A log that cannot be written has nowhere to complain.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
  });
}

}  // namespace lamppost::daemon
