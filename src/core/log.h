// SPDX-License-Identifier: Apache-2.0
// Where sentences for the operator go. A line says event, subject, reason, consequence:
// `outbox full (50000 rows): refusing readings until 45000`. Say it once, on change; count the
// rest.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace lamppost {

// The numbers are syslog's (RFC 5424, 6.2.1), which the journal reads.
enum class LogLevel { kError = 3, kWarning = 4, kNotice = 5, kInfo = 6, kDebug = 7 };

// Thread-safe when the sink is. Cheap to copy by reference; owned by the composition root.
class Log {
 public:
  using Sink = std::function<void(LogLevel, std::string_view line)>;
  explicit Log(Sink sink) : sink_(std::move(sink)) {}

  void error(std::string_view line) const { sink_(LogLevel::kError, line); }
  void warning(std::string_view line) const { sink_(LogLevel::kWarning, line); }
  void notice(std::string_view line) const { sink_(LogLevel::kNotice, line); }
  void info(std::string_view line) const { sink_(LogLevel::kInfo, line); }
  void debug(std::string_view line) const { sink_(LogLevel::kDebug, line); }

 private:
  Sink sink_;
};

// For logs: at most `limit` bytes of `bytes` with everything unprintable escaped, so that a hostile
// payload can neither forge a line nor steer a terminal.
std::string printable(std::string_view bytes, std::size_t limit = 200);

}  // namespace lamppost
