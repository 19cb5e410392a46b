// SPDX-License-Identifier: Apache-2.0
// A real outbox in a directory of its own that goes away with it. Users link lamppost_outbox.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/log.h"
#include "outbox/outbox.h"
#include "support/manual_clock.h"
#include "support/temp_directory.h"

namespace lamppost {

class TempOutbox {
 public:
  // `options` with path, runtime_dir and, when empty, destinations {"city"} filled in.
  explicit TempOutbox(outbox::Options wanted = {})
      : log([this](LogLevel, std::string_view line) {
          const std::lock_guard lock(mutex_);
          lines_.emplace_back(line);
        }),
        options(std::move(wanted)) {
    std::filesystem::create_directories(directory.path() / "run");
    std::filesystem::create_directories(directory.path() / "lib");
    options.path = directory.path() / "lib" / "outbox.db";
    options.runtime_dir = directory.path() / "run";
    if (options.destinations.empty()) options.destinations = {"city"};
    reopen();
  }

  outbox::Outbox& operator*() { return *outbox; }
  outbox::Outbox* operator->() { return outbox.get(); }

  // Without flush: what a crash leaves behind is what the next one finds.
  void reopen() {
    close();
    outbox = outbox::Outbox::open(options, clock, log);
  }
  void close() { outbox.reset(); }

  // One row in one reading, the way ingest stores it.
  Result<void> put(const std::string& entity, const std::string& payload,
                   const std::string& destination = "city") {
    outbox::Deposit deposit;
    deposit.source = "site";
    deposit.rows.push_back({destination, entity, payload, clock.now(), false});
    return outbox->append(deposit);
  }

  // True when a line with these words was logged.
  bool logged(std::string_view words) const {
    const std::lock_guard lock(mutex_);
    for (const auto& line : lines_)
      if (line.find(words) != std::string::npos) return true;
    return false;
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;  // GUARDED_BY(mutex_)

 public:
  TempDirectory directory;
  ManualClock clock;
  Log log;
  outbox::Options options;
  std::unique_ptr<outbox::Outbox> outbox;
};

}  // namespace lamppost
