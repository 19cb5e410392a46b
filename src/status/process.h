// SPDX-License-Identifier: Apache-2.0
// What the kernel says about this process: proc(5), /proc/self/stat, /proc/self/fd.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lamppost::status {

struct ProcessFacts {
  double cpu_seconds = 0;  // user and system, all threads
  std::uint64_t resident_bytes = 0, virtual_bytes = 0;
  double start_seconds = 0;  // since 1970, by today's wall clock
  std::uint64_t open_fds = 0, max_fds = 0, threads = 0;
};

// What cannot be read stays 0.
ProcessFacts process_facts();

// Fields of /proc/self/stat, numbered as in proc(5). The command name in field 2 may itself hold
// spaces and parentheses.
struct StatFields {
  std::uint64_t utime_ticks = 0, stime_ticks = 0;  // 14, 15
  std::uint64_t threads = 0;                       // 20
  std::uint64_t start_ticks = 0;                   // 22, since boot
  std::uint64_t virtual_bytes = 0;                 // 23
  std::uint64_t resident_pages = 0;                // 24
};
std::optional<StatFields> parse_stat(std::string_view text);

}  // namespace lamppost::status
