// SPDX-License-Identifier: Apache-2.0
// A CoapSource on a free loopback port, with somebody behind it who writes down what arrives.
#pragma once

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "drivers/coap/coap_source.h"
#include "support/manual_clock.h"

namespace lamppost::coap {

// Thread-safe.
class Notebook {
 public:
  Accept accept() {
    return [this](std::span<const Reading> readings) {
      const std::lock_guard lock(mutex_);
      readings_.insert(readings_.end(), readings.begin(), readings.end());
      groups_.push_back(readings.size());
      changed_.notify_all();
      return std::vector<Outcome>(readings.size(), outcome_);
    };
  }
  void answer_with(Disposition disposition, std::string text = "") {
    const std::lock_guard lock(mutex_);
    outcome_ = {disposition, std::move(text)};
  }
  std::vector<Reading> readings() const {
    const std::lock_guard lock(mutex_);
    return readings_;
  }
  // How many readings came together, each time.
  std::vector<std::size_t> groups() const {
    const std::lock_guard lock(mutex_);
    return groups_;
  }
  // True as soon as `count` readings are here, false after five seconds.
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(5),
                             [&] { return readings_.size() >= count; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Reading> readings_;
  std::vector<std::size_t> groups_;
  Outcome outcome_;
};

// Thread-safe.
class LogLines {
 public:
  Log::Sink sink() {
    return [this](LogLevel level, std::string_view line) {
      const std::lock_guard lock(mutex_);
      if (level != LogLevel::kDebug) lines_.emplace_back(line);
    };
  }
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

inline Options test_options() {
  Options options;
  options.name = "field";
  options.listen = {"coap://127.0.0.1:0"};
  options.max_payload = 64 * 1024;
  options.paths = {{"air/+/state", "air/{station}/state"},
                   {"meters/#", "meters/{rest...}"},
                   {"weather", "weather"}};
  return options;
}

struct Server {
  explicit Server(Options options = test_options())
      : source(options, notebook.accept(), clock, log) {
    source.start();
  }

  ManualClock clock;
  LogLines lines;
  Log log{lines.sink()};
  Notebook notebook;
  CoapSource source;
};

// A source that stores nothing before let_go().
class HeldUpSource {
 public:
  HeldUpSource()
      : source(
            test_options(),
            [wait = gone_.get_future().share(),
             accept = notebook.accept()](std::span<const Reading> readings) {
              wait.wait();
              return accept(readings);
            },
            clock_, log_) {
    source.start();
  }
  ~HeldUpSource() { let_go(); }  // or a test that has failed would wait for ever
  void let_go() {
    if (held_) gone_.set_value();
    held_ = false;
  }

 private:
  bool held_ = true;
  std::promise<void> gone_;
  const ManualClock clock_;
  const Log log_{[](LogLevel, std::string_view) {}};

 public:
  Notebook notebook;
  CoapSource source;
};

}  // namespace lamppost::coap
