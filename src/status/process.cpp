// SPDX-License-Identifier: Apache-2.0
#include "status/process.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace lamppost::status {
namespace {

std::string slurp(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::uint64_t system_number(int name) {
  const long value = sysconf(name);
  return value > 0 ? static_cast<std::uint64_t>(value) : 1;
}

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Since 1970. Not from /proc/stat, which a service with ProcSubset=pid does not see.
double boot_seconds() { return seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME); }

std::uint64_t count_open_fds() {
  std::error_code failed;
  std::uint64_t count = 0;
  std::filesystem::directory_iterator entry("/proc/self/fd", failed), end;
  for (; !failed && entry != end; entry.increment(failed)) ++count;
  return count > 0 ? count - 1 : 0;  // the directory itself was open while counting
}

std::uint64_t limit_of_fds() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

}  // namespace

std::optional<StatFields> parse_stat(std::string_view text) {
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return {};
  std::istringstream rest{std::string(text.substr(name_end + 1))};
  std::string skipped;
  const auto skip = [&](int fields) {
    while (fields-- > 0) rest >> skipped;
  };

  StatFields fields;
  skip(11);  // 3 to 13
  rest >> fields.utime_ticks >> fields.stime_ticks;
  skip(4);  // 16 to 19
  rest >> fields.threads;
  skip(1);  // 21
  rest >> fields.start_ticks >> fields.virtual_bytes >> fields.resident_pages;
  return rest ? std::optional(fields) : std::nullopt;
}

ProcessFacts process_facts() {
  ProcessFacts facts;
  facts.open_fds = count_open_fds();
  facts.max_fds = limit_of_fds();
  const auto fields = parse_stat(slurp("/proc/self/stat"));
  if (!fields) return facts;

  const auto ticks = static_cast<double>(system_number(_SC_CLK_TCK));
  facts.cpu_seconds = static_cast<double>(fields->utime_ticks + fields->stime_ticks) / ticks;
  facts.start_seconds = boot_seconds() + static_cast<double>(fields->start_ticks) / ticks;
  facts.threads = fields->threads;
  facts.virtual_bytes = fields->virtual_bytes;
  facts.resident_bytes = fields->resident_pages * system_number(_SC_PAGESIZE);
  return facts;
}

}  // namespace lamppost::status
