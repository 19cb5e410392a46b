// SPDX-License-Identifier: Apache-2.0
// How long sockets are left alone after one was read. When readings come some milliseconds apart,
// each wakes this process, and a processor that slept finds its caches cold; several that are taken
// in one turn share the waking, the commit and the write of their PUBACKs. Network cards moderate
// their interrupts in this way. (docs/decisions/0025-readings-gather-in-the-socket.md)
#pragma once

#include <chrono>
#include <cstddef>

namespace lamppost::mqtt {

class Moderation {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Pause = std::chrono::microseconds;

  static constexpr Pause kLongest{10'000};   // half of what rows wait for company in a request
  static constexpr Pause kShortest{1'000};   // shorter ones cost more than they save
  static constexpr double kFewest = 250;     // readings a second; fewer are never kept waiting
  static constexpr double kTogether = 6;     // are waited for; brokers send 10 ahead of PUBACKs
  static constexpr std::size_t kMany = 3;    // in one look make a pause worth it
  static constexpr std::size_t kCrowd = 16;  // in one look: more come than it seems yet
  static constexpr std::chrono::seconds kTrial{1};  // without, when pauses were not worth it

  // `count` readings of `connection` were taken at `now`. What is returned is to be waited by the
  // one thread that reads all connections; zero: read on.
  Pause after(const void* connection, std::size_t count, Time now);

 private:
  double rate_at(std::size_t count, Time now);  // readings a second, of all connections
  bool judge_last_pause(Time now);              // false: too early

  double recent_ = 0;  // readings, each worth less the longer ago it came
  Time last_{};
  const void* waited_ = nullptr;  // the connection that waited last: one waits for all
  Time waited_until_{};
  int looks_ = 0;         // at a socket since that pause
  std::size_t most_ = 0;  // readings in one of them
  bool judged_ = true;    // that pause
  double worth_ = 1;      // of recent pauses: the share that was worth it
  Time not_before_{};
};

}  // namespace lamppost::mqtt
