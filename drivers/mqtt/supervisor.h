// SPDX-License-Identifier: Apache-2.0
// The life of a source as one coroutine on the io_context: resolve, connect, stay, pause, again.
// Paho's threads tell it what happens by posting events. Names are resolved here, because Paho
// would do so holding its only lock, and a dead DNS would stop every source of the process.
#pragma once

#include <utility>  // before awaitable.hpp of Boost 1.74, which forgets it

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "drivers/mqtt/address.h"
#include "drivers/mqtt/backoff.h"
#include "drivers/mqtt/dialect.h"
#include "drivers/mqtt/intake.h"
#include "drivers/mqtt/session.h"

namespace lamppost::mqtt {

// Everything but state() runs on the io_context's thread. Owned by its MqttSource and by its own
// coroutine, which may still be suspended when the source is gone.
class Supervisor : public std::enable_shared_from_this<Supervisor> {
 public:
  Supervisor(boost::asio::io_context& io, Options options, Accept accept, const Clock& clock,
             const Log& log);

  void start();
  void stop();
  SourceState state() const;

 private:
  using Endpoint = boost::asio::ip::tcp::endpoint;
  template <typename T>
  using Task = boost::asio::awaitable<T>;

  enum class Next { kPause, kAtOnce, kNextEndpoint };
  // How an attempt to connect and stay ended.
  struct Ending {
    std::string reason;  // "" when nothing need be said
    Next next = Next::kPause;
  };

  static Task<void> live(std::shared_ptr<Supervisor> self);
  Task<Ending> connect_and_stay();
  Task<Ending> try_endpoint(Endpoint endpoint, bool is_last);
  Task<Ending> not_connected(SessionEvent failure, Endpoint endpoint, bool is_last);
  Task<Ending> stay(SessionEvent up);
  Task<SessionEvent> next_event();
  Task<void> pause(Ending ending);

  void open_session(const Endpoint& endpoint);
  void take(std::uint64_t session, SessionEvent event);
  void say_up(const SessionEvent& up);
  void say_down(const std::string& reason);
  void say_subscribed(const SessionEvent& event);
  void set_state(bool connected, std::string detail);
  std::string subject() const;  // "source site: mqtt://127.0.0.1"

  boost::asio::io_context& io_;
  const Options options_;
  const Clock& clock_;
  const Log& log_;
  Intake intake_;

  Address address_;
  Dialect dialect_;
  Backoff backoff_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::steady_timer pause_timer_;
  boost::asio::steady_timer event_timer_;  // never fires; cancelled when an event comes
  std::unique_ptr<Session> session_;
  std::uint64_t session_number_ = 0;  // events of earlier sessions are stale
  std::deque<SessionEvent> events_;
  bool stopping_ = false;
  bool came_up_before_ = false;
  std::string said_;                    // reason of the outage as last logged, "" when up
  std::map<std::string, int> granted_;  // SUBACK code by filter, as last logged

  mutable std::mutex mutex_;
  SourceState state_;                   // GUARDED_BY(mutex_)
  std::chrono::milliseconds next_try_;  // monotonic, 0 when none is planned; GUARDED_BY(mutex_)
};

}  // namespace lamppost::mqtt
