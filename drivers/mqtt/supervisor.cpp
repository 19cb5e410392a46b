// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/supervisor.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "core/finding.h"
#include "drivers/mqtt/diagnosis.h"
#include "drivers/mqtt/reason.h"

namespace lamppost::mqtt {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// A connection that lasted this long was a good one: the next outage starts with short pauses.
// Shorter ones may be two gateways fighting over one client id.
constexpr std::chrono::seconds kGoodConnection{10};

// While the outbox refuses, each connection asks it once. The pause bounds how late we notice room.
constexpr std::chrono::seconds kLongestRefusalPause{10};

// What the broker will do for us; one name may have many addresses.
constexpr std::size_t kMostEndpoints = 4;

std::string version_words(int version) { return version == 5 ? "MQTT 5" : "MQTT 3.1.1"; }

// Paho prefers IPv4 when it resolves a name; so do we, which also makes `localhost` right at once.
std::vector<tcp::endpoint> in_order(const tcp::resolver::results_type& results) {
  std::vector<tcp::endpoint> endpoints;
  for (const auto& result : results) endpoints.push_back(result.endpoint());
  std::stable_partition(endpoints.begin(), endpoints.end(),
                        [](const tcp::endpoint& e) { return e.address().is_v4(); });
  if (endpoints.size() > kMostEndpoints) endpoints.resize(kMostEndpoints);
  return endpoints;
}

// Under TLS Paho needs the name, to check the certificate against it.
std::string paho_uri(const Address& address, const tcp::endpoint& endpoint) {
  const std::string port = ":" + std::to_string(address.port);
  const bool v6 = address.host.find(':') != std::string::npos;
  if (address.tls) return "ssl://" + (v6 ? "[" + address.host + "]" : address.host) + port;
  const std::string number = endpoint.address().to_string();
  return "tcp://" + (endpoint.address().is_v6() ? "[" + number + "]" : number) + port;
}

}  // namespace

Supervisor::Supervisor(asio::io_context& io, Options options, Accept accept, const Clock& clock,
                       const Log& log)
    : io_(io),
      options_(std::move(options)),
      clock_(clock),
      log_(log),
      intake_(options_.name, std::move(accept), log),
      dialect_(options_.version),
      backoff_(std::random_device{}()),
      resolver_(io),
      pause_timer_(io),
      event_timer_(io),
      next_try_(0) {}

void Supervisor::start() {
  auto address = parse_address(options_.url);
  if (!address) throw ConfigError("source " + options_.name + ": " + address.error().text);
  address_ = *address;
  set_state(false, "connecting");
  asio::co_spawn(io_, live(shared_from_this()), asio::detached);
}

void Supervisor::stop() {
  if (std::exchange(stopping_, true)) return;
  intake_.stop();
  ++session_number_;
  session_.reset();
  resolver_.cancel();
  pause_timer_.cancel();
  event_timer_.cancel();
  set_state(false, "stopped");
}

SourceState Supervisor::state() const {
  SourceState copy;
  std::chrono::milliseconds due{0};
  {
    const std::lock_guard lock(mutex_);
    copy = state_;
    due = next_try_;
  }
  copy.refused = intake_.refused();
  const std::string refusal = intake_.refusal();
  if (!refusal.empty()) copy.detail = "waiting for the outbox: " + refusal;
  if (due.count() > 0) {
    const auto left = std::max<std::int64_t>((due - clock_.monotonic()).count(), 0);
    copy.detail += "; next try in " + std::to_string((left + 999) / 1000) + " s";
  }
  return copy;
}

Supervisor::Task<void> Supervisor::live(std::shared_ptr<Supervisor> self) {
  while (!self->stopping_) {
    Ending ending;
    try {
      ending = co_await self->connect_and_stay();
    } catch (const std::exception& fault) {  // Paho would not even try
      ending.reason = fault.what();
    }
    if (!self->stopping_ && ending.next == Next::kPause) co_await self->pause(ending);
  }
}

Supervisor::Task<Supervisor::Ending> Supervisor::connect_and_stay() {
  error_code fault;
  const auto results =
      co_await resolver_.async_resolve(address_.host, std::to_string(address_.port),
                                       asio::redirect_error(asio::use_awaitable, fault));
  if (stopping_) co_return Ending{};
  if (fault) co_return Ending{"cannot resolve " + address_.host + ": " + fault.message()};
  const auto endpoints = in_order(results);
  const std::size_t count = address_.tls ? 1 : endpoints.size();
  for (std::size_t i = 0; i + 1 < count; ++i) {
    const Ending ending = co_await try_endpoint(endpoints[i], false);
    if (stopping_ || ending.next != Next::kNextEndpoint) co_return ending;
  }
  co_return co_await try_endpoint(endpoints[count - 1], true);
}

Supervisor::Task<Supervisor::Ending> Supervisor::try_endpoint(Endpoint endpoint, bool is_last) {
  open_session(endpoint);
  SessionEvent event = co_await next_event();
  if (stopping_) co_return Ending{};
  if (event.kind == SessionEvent::Kind::kUp) co_return co_await stay(std::move(event));
  co_return co_await not_connected(std::move(event), endpoint, is_last);
}

void Supervisor::open_session(const Endpoint& endpoint) {
  events_.clear();
  const std::uint64_t number = ++session_number_;
  const Contact contact{paho_uri(address_, endpoint), address_.port, address_.tls,
                        dialect_.version()};
  auto tell = [this, number, weak = weak_from_this()](SessionEvent event) {
    asio::post(io_, [number, weak, event = std::move(event)]() mutable {
      if (const auto self = weak.lock()) self->take(number, std::move(event));
    });
  };
  // The new one is made before the old one goes: Paho stops its threads with its last client, and
  // that takes a second.
  session_ = std::make_unique<Session>(options_, contact, intake_, clock_, std::move(tell));
  session_->connect();
}

Supervisor::Task<Supervisor::Ending> Supervisor::not_connected(SessionEvent failure,
                                                               Endpoint endpoint, bool is_last) {
  if (failure.code > 0) {
    if (dialect_.refused(failure.code)) {
      log_.notice(subject() + " does not speak MQTT 5: using MQTT 3.1.1, so the broker alone " +
                  "decides how long it keeps readings while we are away");
      co_return Ending{"", Next::kAtOnce};
    }
    co_return Ending{"refused: " + reason_words(dialect_.version(), failure.code)};
  }
  if (!failure.text.empty()) {
    session_.reset();  // the connection may stand, but nobody looks after it
    co_return Ending{failure.text};
  }
  if (!is_last) co_return Ending{"", Next::kNextEndpoint};
  const std::string reason = co_await diagnose(io_.get_executor(), endpoint, address_, options_);
  if (!reason.empty()) co_return Ending{reason};
  dialect_.unanswered();
  co_return Ending{"reachable, but it hangs up or does not answer CONNECT"};
}

Supervisor::Task<Supervisor::Ending> Supervisor::stay(SessionEvent up) {
  const auto since = clock_.monotonic();
  set_state(false, "subscribing");
  std::size_t unanswered = options_.filters.size();
  if (unanswered == 0) say_up(up);
  SessionEvent event = co_await next_event();
  while (!stopping_ && event.kind == SessionEvent::Kind::kSubscribed) {
    say_subscribed(event);
    // Up means that what is published from now on is ours, and CONNACK alone does not say so.
    if (--unanswered == 0) say_up(up);
    event = co_await next_event();
  }
  if (stopping_) co_return Ending{};
  const int version = dialect_.version();
  dialect_.ended();
  if (clock_.monotonic() - since >= kGoodConnection) backoff_.reset();
  if (intake_.refusing()) co_return Ending{};  // we hung up ourselves; the intake has said why
  if (event.code > 0) co_return Ending{"connection ended: " + reason_words(version, event.code)};
  co_return Ending{event.text.empty() ? "connection lost" : event.text};
}

Supervisor::Task<SessionEvent> Supervisor::next_event() {
  while (events_.empty() && !stopping_) {
    error_code woken;
    event_timer_.expires_at(asio::steady_timer::time_point::max());
    co_await event_timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  if (stopping_) co_return SessionEvent{};
  SessionEvent event = std::move(events_.front());
  events_.pop_front();
  co_return event;
}

void Supervisor::take(std::uint64_t session, SessionEvent event) {
  if (stopping_ || session != session_number_) return;
  events_.push_back(std::move(event));
  event_timer_.cancel();
}

Supervisor::Task<void> Supervisor::pause(Ending ending) {
  std::chrono::milliseconds wait = backoff_.next();
  if (ending.reason.empty())
    wait = std::min<std::chrono::milliseconds>(wait, kLongestRefusalPause);
  else
    say_down(ending.reason);
  set_state(false, ending.reason.empty() ? "disconnected" : ending.reason);
  {
    const std::lock_guard lock(mutex_);
    next_try_ = clock_.monotonic() + wait;
  }
  error_code woken;
  pause_timer_.expires_after(wait);
  co_await pause_timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  const std::lock_guard lock(mutex_);
  next_try_ = std::chrono::milliseconds(0);
}

std::string Supervisor::subject() const { return "source " + options_.name + ": " + options_.url; }

void Supervisor::say_up(const SessionEvent& up) {
  const std::string detail = version_words(dialect_.version()) +
                             (up.session_present ? ", session resumed" : ", new session");
  {
    const std::lock_guard lock(mutex_);
    state_.connected = true;
    state_.detail = detail;
    if (came_up_before_) ++state_.reconnects;
  }
  if (!came_up_before_) log_.info(subject() + " connected (" + detail + ")");
  if (came_up_before_ && !said_.empty()) log_.notice(subject() + " is back (" + detail + ")");
  if (!came_up_before_ && dialect_.version() == 3 && options_.qos > 1)
    log_.warning("source " + options_.name +
                 ": QoS 2 is asked for as QoS 1 over MQTT 3.1.1: a reading may come twice, but " +
                 "none is lost");
  if (!came_up_before_ && dialect_.version() == 5 && up.session_expiry < options_.session_expiry)
    log_.warning(subject() + " keeps our readings for " +
                 std::to_string(up.session_expiry.count()) + " s while we are away, not the " +
                 std::to_string(options_.session_expiry.count()) + " s asked for");
  came_up_before_ = true;
  said_.clear();
}

// Once per outage and reason: the pauses grow, the log does not.
void Supervisor::say_down(const std::string& reason) {
  if (reason == said_) return;
  said_ = reason;
  log_.warning(subject() + ": " + reason + "; trying again for ever, at least once a minute");
}

void Supervisor::say_subscribed(const SessionEvent& event) {
  const auto [entry, is_new] = granted_.try_emplace(event.text, -1);
  if (std::exchange(entry->second, event.code) == event.code && !is_new) return;
  const std::string filter = "filter \"" + event.text + "\"";
  const int asked = dialect_.version() == 5 ? options_.qos : std::min(options_.qos, 1);
  if (event.code >= 0x80)
    log_.error(subject() + " refuses " + filter + ": " +
               reason_words(dialect_.version(), event.code) + "; its readings do not reach us");
  else if (event.code < asked)
    log_.warning(subject() + " grants only QoS " + std::to_string(event.code) + " for " + filter +
                 ", asked for " + std::to_string(asked) +
                 (event.code == 0 ? ": what arrives while we are away is lost" : ""));
}

void Supervisor::set_state(bool connected, std::string detail) {
  const std::lock_guard lock(mutex_);
  state_.connected = connected;
  state_.detail = std::move(detail);
}

}  // namespace lamppost::mqtt
