// SPDX-License-Identifier: Apache-2.0
#include "cli/listen.h"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <map>
#include <mutex>

#include "core/finding.h"
#include "daemon/sources.h"
#include "daemon/stderr_log.h"
#include "daemon/system_clock.h"

namespace lamppost::cli {
namespace {

// Thread-safe: the transports call add() on their own threads.
class Notebook {
 public:
  void add(const Reading& reading) {
    const std::lock_guard lock(mutex_);
    ++readings_;
    const bool too_long = reading.cut_from > 0 || reading.payload.size() > kMaxSampleBytes;
    const auto found = samples_.find(reading.topic);
    if (found != samples_.end()) ++found->second.count;
    if (too_long) return;
    const std::size_t held = found == samples_.end() ? 0 : found->second.reading.payload.size();
    if (found != samples_.end() && held >= reading.payload.size()) return;
    const bool full = found == samples_.end() && samples_.size() == kMaxTopics;
    if (full || bytes_ - held + reading.payload.size() > kMaxHeardBytes) {
      all_ = false;
      return;
    }
    bytes_ += reading.payload.size() - held;
    samples_[reading.topic].reading = reading;
  }

  Heard heard() const {
    const std::lock_guard lock(mutex_);
    Heard heard{{}, readings_, all_};
    for (const auto& [topic, sample] : samples_) heard.samples.push_back(sample);
    return heard;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Sample> samples_;
  std::size_t bytes_ = 0;
  std::uint64_t readings_ = 0;
  bool all_ = true;
};

Accept note_into(Notebook& notebook, Disposition answer) {
  return [&notebook, answer](std::span<const Reading> readings) {
    for (const Reading& reading : readings) notebook.add(reading);
    return std::vector<Outcome>(readings.size(), Outcome{answer, "only looked at"});
  };
}

void wait(boost::asio::io_context& io, std::chrono::seconds seconds) {
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&io](const auto&, int) { io.stop(); });
  io.run_for(seconds);
}

}  // namespace

Result<Heard> listen(const config::Source& source, const std::string& filter,
                     std::chrono::seconds seconds) {
  const SystemClock clock;
  const Log log = daemon::stderr_log();
  Notebook notebook;
  boost::asio::io_context io;
  if (source.type == config::SourceType::kCoap) {
    coap::CoapSource coap(daemon::coap_options(source, {{filter, ""}}),
                          note_into(notebook, Disposition::kRefused), clock, log);
    try {
      coap.start();
    } catch (const ConfigError& taken) {
      return Error{Fault::kTransient, taken.what(), ""};
    }
    wait(io, seconds);
    coap.stop();
    return notebook.heard();
  }
  mqtt::Options options = daemon::mqtt_options(source, {filter});
  options.client_id += "-discover-" + std::to_string(::getpid());
  options.session_expiry = std::chrono::seconds(0);
  options.max_payload = kMaxSampleBytes;
  mqtt::MqttSource mqtt(io, options, note_into(notebook, Disposition::kHeld), clock, log);
  mqtt.start();
  wait(io, seconds);
  const SourceState state = mqtt.state();
  mqtt.stop();
  if (!state.connected && notebook.heard().readings == 0)
    return Error{Fault::kTransient, source.url + ": " + state.detail, ""};
  return notebook.heard();
}

}  // namespace lamppost::cli
