// SPDX-License-Identifier: Apache-2.0
// A source under test with everything around it: a thread for its io_context, a spine that stores
// what it is given (or refuses), and the lines it logged.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "drivers/mqtt/mqtt_source.h"
#include "support/mosquitto.h"

namespace lamppost::mqtt {

constexpr std::chrono::seconds kDeadline{30};

// Polls: for what cannot be waited for otherwise.
bool eventually(const std::function<bool()>& condition, std::chrono::seconds deadline = kDeadline);

// The outcomes of so many readings, of which the first `count` are stored and the rest refused.
std::vector<Outcome> taken(std::size_t count, std::size_t of);

// Where readings end. Thread-safe.
class Spine {
 public:
  std::vector<Outcome> accept(std::span<const Reading> readings);
  void refuse(bool refusing);             // from now on
  void leave_room(std::size_t readings);  // takes so many, then refuses
  void hold(bool holding);                // accept() does not return meanwhile

  std::vector<Reading> readings() const;
  std::size_t offered() const;  // calls of accept()
  bool wait_for(std::size_t readings) const;
  bool wait_for_payloads(std::size_t different) const;  // at least once each
  bool wait_for_offers(std::size_t offers) const;
  std::vector<std::string> payloads() const;  // sorted, each once

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Reading> readings_;
  static constexpr std::size_t kEndless = std::numeric_limits<std::size_t>::max();

  std::size_t offered_ = 0;
  std::size_t room_ = kEndless;
  bool holding_ = false;
};

// Thread-safe log of lines, each with the syslog level in front: "4 source site: ...".
class Lines {
 public:
  Log log();
  bool wait_for(const std::string& part) const;
  std::size_t count(const std::string& part) const;
  std::string text() const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> lines_;
};

Options options_for(const std::string& url, const std::vector<std::string>& filters = {"#"});

// What a restart of the daemon does: start() and stop() on the io_context's thread.
class RunningSource {
 public:
  explicit RunningSource(Options options);
  ~RunningSource() { stop(); }
  void stop();
  bool wait_until_connected() const;
  SourceState state() const { return source_->state(); }

  Spine spine;
  Lines lines;

 private:
  void on_io(const std::function<void()>& work);

  Log log_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running_;
  std::optional<MqttSource> source_;
  std::thread thread_;
};

}  // namespace lamppost::mqtt
