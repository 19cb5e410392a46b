// SPDX-License-Identifier: Apache-2.0
// The composition root: one io_context on the main thread, everything wired by hand.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/forwarder.h"
#include "core/log.h"
#include "daemon/sources.h"
#include "daemon/system_clock.h"
#include "ingest/ingest.h"
#include "status/fill_rate.h"
#include "status/server.h"
#include "status/snapshot.h"

namespace lamppost::daemon {

class App {
 public:
  // Opens the outbox and builds everything; throws ConfigError. Nothing runs yet.
  App(std::filesystem::path config_file, const Log& log);
  ~App();

  // Serves until SIGTERM or SIGINT, then stops in order: sources, forwarders, outbox. False when it
  // stopped by itself, to be started anew by its service manager.
  bool run();

 private:
  void start_forwarders();  // those of the configuration that do not run yet
  void wait_for_signal();
  void wake_forwarders();  // any thread
  void reload();
  void adopt(std::shared_ptr<const ingest::Pipeline> fresh);
  void retire_changed_forwarders(const config::Config& before);
  void await_retired();
  void keep_outbox();  // maintenance timer
  void restart();
  void feed_watchdog();
  void stop();
  void finish();  // called until the forwarders have stopped
  status::Snapshot snapshot() const;
  status::Response answer(const status::Request& request);

  std::filesystem::path config_file_;
  const Log& log_;
  SystemClock clock_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_{io_};
  boost::asio::steady_timer maintenance_{io_}, watchdog_{io_}, stopping_{io_}, retiring_{io_};
  std::shared_ptr<const ingest::Pipeline> pipeline_;
  std::unique_ptr<outbox::Outbox> outbox_;
  std::unique_ptr<ingest::Ingest> ingest_;
  std::vector<std::unique_ptr<broker::Forwarder>> forwarders_, retired_;
  std::mutex forwarders_mutex_;  // to change forwarders_ here, to wake them from elsewhere
  std::unique_ptr<Sources> sources_;
  std::unique_ptr<status::Server> server_;
  status::FillRate fill_rate_;
  std::chrono::milliseconds filled_at_{0};  // when fill_rate_ last looked
  std::string reload_fault_;                // why the last reload was refused, "" when it was not
  std::chrono::milliseconds started_{0}, stop_by_{0};
  bool is_stopping_ = false, awaits_restart_ = false;
};

}  // namespace lamppost::daemon
