// SPDX-License-Identifier: Apache-2.0
#include "daemon/app.h"

#include <algorithm>
#include <csignal>

#include "daemon/boot_name.h"
#include "daemon/notify.h"
#include "daemon/outbox_options.h"
#include "daemon/routes.h"
#include "daemon/start_up_memory.h"
#include "ingest/waiting.h"
#include "version.h"

namespace lamppost::daemon {
namespace {

using namespace std::chrono_literals;

constexpr auto kStopPatience = 5s;  // for a request in flight; systemd's own patience is 90 s

std::shared_ptr<const ingest::Pipeline> load(const std::filesystem::path& file, const Log& log) {
  Findings findings;
  auto pipeline = ingest::Pipeline::build(file, findings);
  if (!pipeline) throw ConfigError(findings.to_text());
  for (const auto& finding : findings.all()) log.warning(finding.where.file + ": " + finding.text);
  return pipeline;
}

// What waits for the clock is a destination of the outbox; it is shown once something has waited.
void show_waiting(status::Snapshot& view) {
  const auto found = view.totals.destinations.find(ingest::kClockDestination);
  if (found == view.totals.destinations.end()) return;
  if (found->second.stored == 0) {
    view.totals.destinations.erase(found);
    return;
  }
  broker::DestinationState state;
  const bool waits = found->second.queued > 0;
  state.state = waits ? "waiting" : "idle";
  state.reason = waits ? "until a time server has set the clock" : "";
  view.destinations.push_back({found->first, "", std::move(state)});
}

status::DevicesView devices_of(const ingest::Attendance& attendance) {
  status::DevicesView view{attendance.ok,      attendance.late,      attendance.missing,
                           attendance.waiting, attendance.unwatched, {}};
  for (const auto& one : attendance.absent)
    view.absent.push_back({one.device, one.is_missing, one.silent.count(), one.expect.count()});
  return view;
}

}  // namespace

App::App(std::filesystem::path config_file, const Log& log)
    : config_file_(std::move(config_file)), log_(log), pipeline_(load(config_file_, log)) {
  const auto& config = pipeline_->config();
  outbox_ = outbox::Outbox::open(outbox_options(config), clock_, log_);
  ingest_ = std::make_unique<ingest::Ingest>(
      pipeline_, *outbox_, ingest::ClockDoor{clock_, boot_name(config.gateway.runtime_dir)},
      config.gateway.runtime_dir, log_);
  sources_ = std::make_unique<Sources>(io_, *ingest_, clock_, log_);
  server_ = std::make_unique<status::Server>(
      io_, [this](const status::Request& request) { return answer(request); }, log_);
}

App::~App() = default;

void App::start_forwarders() {
  const auto runs = [](const auto& forwarders, const std::string& name) {
    return std::any_of(forwarders.begin(), forwarders.end(),
                       [&](const auto& forwarder) { return forwarder->name() == name; });
  };
  for (const auto& broker : pipeline_->config().brokers) {
    if (runs(forwarders_, broker.name) || runs(retired_, broker.name)) continue;
    auto forwarder = std::make_unique<broker::Forwarder>(io_, broker, *outbox_, clock_, log_);
    forwarder->start();
    const std::lock_guard lock(forwarders_mutex_);
    forwarders_.push_back(std::move(forwarder));
  }
}

// Called for every stored reading, so it must not cost a system call: each forwarder decides
// whether it wants to be disturbed.
void App::wake_forwarders() {
  const std::lock_guard lock(forwarders_mutex_);
  for (const auto& forwarder : forwarders_) forwarder->wake();
}

bool App::run() {
  started_ = clock_.monotonic();
  const auto& config = pipeline_->config();
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) signals_.add(signal);
  wait_for_signal();
  outbox_->on_append([this] { wake_forwarders(); });
  start_forwarders();
  server_->listen_unix(config.gateway.runtime_dir / "control.sock");
  if (!config.status.listen.empty()) server_->listen_tcp(config.status.listen);
  keep_outbox();
  sources_->apply(*pipeline_);
  feed_watchdog();
  log_.notice("lamppost " + std::string(kVersion) +
              " is ready: " + std::to_string(config.sources.size()) + " sources, " +
              std::to_string(config.mappings.size()) + " mappings, " +
              std::to_string(config.brokers.size()) + " brokers");
  give_back_start_up_memory();
  notify("READY=1\nSTATUS=forwarding");
  io_.run();
  return !awaits_restart_;
}

void App::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& fault, int signal) {
    if (fault) return;
    if (signal == SIGHUP) {
      reload();
      wait_for_signal();
    } else {
      stop();
    }
  });
}

void App::reload() {
  notify("RELOADING=1");
  Findings findings;
  auto fresh = ingest::Pipeline::build(config_file_, findings);
  if (!fresh) {
    reload_fault_ = findings.to_text();
    log_.error("configuration has errors, the old one stays:\n" + reload_fault_);
  } else {
    try {
      reload_fault_.clear();
      adopt(std::move(fresh));
      log_.notice("configuration reloaded");
    } catch (const ConfigError& fault) {
      reload_fault_ = fault.what();
      log_.error(reload_fault_);
    }
  }
  notify("READY=1");
}

void App::adopt(std::shared_ptr<const ingest::Pipeline> fresh) {
  const auto before = std::move(pipeline_);
  pipeline_ = std::move(fresh);
  ingest_->replace(pipeline_);
  if (!(pipeline_->config().outbox == before->config().outbox) ||
      !(pipeline_->config().status == before->config().status))
    log_.warning("changes in [outbox] and [status] take effect at the next restart");
  retire_changed_forwarders(before->config());
  start_forwarders();
  await_retired();
  sources_->apply(*pipeline_);
}

// A forwarder whose broker changed finishes its request first; its successor starts after it, so
// that no two requests carry rows of one entity.
void App::retire_changed_forwarders(const config::Config& before) {
  const auto broker_of = [](const config::Config& config, const std::string& name) {
    const auto& all = config.brokers;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& b) { return b.name == name; });
    return found == all.end() ? nullptr : &*found;
  };
  for (auto forwarder = forwarders_.begin(); forwarder != forwarders_.end();) {
    const auto* was = broker_of(before, (*forwarder)->name());
    const auto* is = broker_of(pipeline_->config(), (*forwarder)->name());
    if (was != nullptr && is != nullptr && *was == *is) {
      ++forwarder;
      continue;
    }
    (*forwarder)->stop(kStopPatience);
    const std::lock_guard lock(forwarders_mutex_);
    retired_.push_back(std::move(*forwarder));
    forwarder = forwarders_.erase(forwarder);
  }
}

void App::await_retired() {
  if (retired_.empty()) return;
  retiring_.expires_after(20ms);
  retiring_.async_wait([this](const boost::system::error_code& fault) {
    if (fault) return;
    std::erase_if(retired_, [](const auto& forwarder) { return forwarder->stopped(); });
    if (!is_stopping_) start_forwarders();
    await_retired();
  });
}

void App::keep_outbox() {
  ingest_->release_waiting();
  ingest_->say_absence();
  const auto now = clock_.monotonic();
  if (now - filled_at_ >= 1s) {  // the totals are a copy of every ledger
    fill_rate_.observe(now, outbox_->totals());
    filled_at_ = now;
  }
  maintenance_.expires_after(outbox_->maintain());
  if (is_managed() && outbox_->awaits_restart()) return restart();
  maintenance_.async_wait([this](const boost::system::error_code& fault) {
    if (!fault && !is_stopping_) keep_outbox();
  });
}

// A large file takes longer to rebuild than readings and the watchdog should wait.
void App::restart() {
  log_.error("the outbox is damaged: ending, so that the next start rebuilds it");
  awaits_restart_ = true;
  stop();
}

void App::feed_watchdog() {
  const auto interval = watchdog_interval();
  if (!interval) return;
  notify("WATCHDOG=1");
  watchdog_.expires_after(*interval);
  watchdog_.async_wait([this](const boost::system::error_code& fault) {
    if (!fault) feed_watchdog();
  });
}

void App::stop() {
  is_stopping_ = true;
  notify("STOPPING=1");
  log_.notice("stopping");
  sources_->stop();
  maintenance_.cancel();
  for (auto& forwarder : forwarders_) forwarder->stop(kStopPatience);
  stop_by_ = clock_.monotonic() + kStopPatience + 1s;
  finish();
}

void App::finish() {
  bool busy = false;
  for (const auto& forwarder : forwarders_) busy |= !forwarder->stopped();
  for (const auto& forwarder : retired_) busy |= !forwarder->stopped();
  if (busy && clock_.monotonic() < stop_by_) {
    stopping_.expires_after(20ms);
    stopping_.async_wait([this](const boost::system::error_code&) { finish(); });
    return;
  }
  if (const auto flushed = outbox_->flush(); !flushed)
    log_.error("the last rows could not be moved to the disk: " + flushed.error().text);
  server_->stop();
  watchdog_.cancel();
  signals_.cancel();
  io_.stop();
}

status::Snapshot App::snapshot() const {
  const auto& config = pipeline_->config();
  status::Snapshot view;
  view.version = kVersion;
  view.gateway = config.gateway.id;
  view.uptime_ms = (clock_.monotonic() - started_).count();
  view.now = clock_.now();
  view.clock_trusted = ingest_->clock_trusted();
  view.config_file = config_file_.string();
  view.config_state = reload_fault_;
  view.totals = outbox_->totals();
  view.outbox_max_bytes = config.outbox.max_bytes;
  view.fill_bytes_per_second = fill_rate_.bytes_per_second();
  view.sources = sources_->views();
  view.devices = devices_of(ingest_->attendance());
  for (const auto& forwarder : forwarders_) {
    std::string url;
    for (const auto& broker : config.brokers)
      if (broker.name == forwarder->name()) url = broker.url;
    view.destinations.push_back({forwarder->name(), url, forwarder->state()});
  }
  show_waiting(view);
  return view;
}

status::Response App::answer(const status::Request& request) {
  return respond(
      request, [this] { return snapshot(); }, *outbox_, *ingest_);
}

}  // namespace lamppost::daemon
