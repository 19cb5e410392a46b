// SPDX-License-Identifier: Apache-2.0
#include "mqtt/source_fixture.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <future>

namespace lamppost::mqtt {
namespace {

class SystemClock : public Clock {
 public:
  Timestamp now() const override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
  }
  std::chrono::milliseconds monotonic() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  }
  bool trusted() const override { return true; }
};

const SystemClock kClock;

}  // namespace

bool eventually(const std::function<bool()>& condition, std::chrono::seconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

std::vector<Outcome> taken(std::size_t count, std::size_t of) {
  std::vector<Outcome> outcomes(count);
  outcomes.resize(of, Outcome{Disposition::kRefused, "outbox full (5 rows)"});
  return outcomes;
}

std::vector<Outcome> Spine::accept(std::span<const Reading> readings) {
  std::unique_lock lock(mutex_);
  ++offered_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !holding_; });
  const auto count = std::min(readings.size(), room_);
  readings_.insert(readings_.end(), readings.begin(), readings.begin() + static_cast<long>(count));
  if (room_ != kEndless) room_ -= count;
  changed_.notify_all();
  return taken(count, readings.size());
}

void Spine::refuse(bool refusing) { leave_room(refusing ? 0 : kEndless); }

void Spine::leave_room(std::size_t readings) {
  const std::lock_guard lock(mutex_);
  room_ = readings;
}

void Spine::hold(bool holding) {
  const std::lock_guard lock(mutex_);
  holding_ = holding;
  changed_.notify_all();
}

std::vector<Reading> Spine::readings() const {
  const std::lock_guard lock(mutex_);
  return readings_;
}

std::size_t Spine::offered() const {
  const std::lock_guard lock(mutex_);
  return offered_;
}

bool Spine::wait_for(std::size_t readings) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kDeadline, [&] { return readings_.size() >= readings; });
}

bool Spine::wait_for_payloads(std::size_t different) const {
  return eventually([&] { return payloads().size() >= different; });
}

bool Spine::wait_for_offers(std::size_t offers) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kDeadline, [&] { return offered_ >= offers; });
}

std::vector<std::string> Spine::payloads() const {
  std::vector<std::string> payloads;
  for (const Reading& reading : readings()) payloads.push_back(reading.payload);
  std::sort(payloads.begin(), payloads.end());
  payloads.erase(std::unique(payloads.begin(), payloads.end()), payloads.end());
  return payloads;
}

Log Lines::log() {
  return Log([this](LogLevel level, std::string_view line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::to_string(static_cast<int>(level)) + " " + std::string(line));
    changed_.notify_all();
  });
}

bool Lines::wait_for(const std::string& part) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kDeadline, [&] {
    return std::any_of(lines_.begin(), lines_.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  });
}

std::size_t Lines::count(const std::string& part) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(lines_.begin(), lines_.end(),
                    [&](const std::string& line) { return line.find(part) != std::string::npos; }));
}

std::string Lines::text() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const std::string& line : lines_) text += line + "\n";
  return text;
}

Options options_for(const std::string& url, const std::vector<std::string>& filters) {
  Options options;
  options.name = "site";
  options.url = url;
  options.client_id = "lamppost-test";
  options.filters = filters;
  return options;
}

RunningSource::RunningSource(Options options)
    : log_(lines.log()), keep_running_(boost::asio::make_work_guard(io_)) {
  source_.emplace(
      io_, std::move(options),
      [this](std::span<const Reading> readings) { return spine.accept(readings); }, kClock, log_);
  thread_ = std::thread([this] { io_.run(); });
  on_io([this] { source_->start(); });
}

void RunningSource::on_io(const std::function<void()>& work) {
  std::promise<void> done;
  boost::asio::post(io_, [&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

void RunningSource::stop() {
  if (!thread_.joinable()) return;
  on_io([this] { source_->stop(); });
  keep_running_.reset();
  io_.stop();
  thread_.join();
}

bool RunningSource::wait_until_connected() const {
  return eventually([this] { return state().connected; });
}

}  // namespace lamppost::mqtt
