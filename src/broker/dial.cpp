// SPDX-License-Identifier: Apache-2.0
#include "broker/dial.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <deque>

#include "broker/words.h"

namespace lamppost::broker {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

constexpr std::chrono::seconds kLookupTimeout{5}, kConnectTimeout{10};
constexpr std::chrono::milliseconds kAttemptDelay{250};  // RFC 8305, 5
constexpr std::size_t kMaxAddresses = 6;

}  // namespace

// The system's resolver cannot be interrupted, only left behind.
struct Dial::Lookup {
  explicit Lookup(net::io_context& io) : resolver(io), done(io) {}
  tcp::resolver resolver;
  net::steady_timer done;
  error_code error = boost::beast::error::timeout;
  Endpoints found;
};

struct Dial::Race : std::enable_shared_from_this<Dial::Race> {
  Race(net::io_context& context, Endpoints all)
      : io(context), targets(std::move(all)), stagger(context), done(context) {}

  void start_next() {
    if (over || next == targets.size()) return;
    tcp::socket& socket = sockets.emplace_back(io);
    ++pending;
    socket.async_connect(targets[next++],
                         [self = shared_from_this(), &socket](const error_code& failed) {
                           self->ended(socket, failed);
                         });
    stagger.expires_after(kAttemptDelay);
    stagger.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled) self->start_next();
    });
  }

  void ended(tcp::socket& socket, const error_code& failed) {
    --pending;
    if (over) return;
    error = failed;
    if (!failed) winner = std::move(socket);
    if (!failed || (next == targets.size() && pending == 0)) return finish();
    start_next();
  }

  void finish() {
    over = true;
    stagger.cancel();
    done.cancel();
    error_code ignored;
    for (auto& socket : sockets) socket.close(ignored);
  }

  net::io_context& io;
  Endpoints targets;
  std::deque<tcp::socket> sockets;  // handlers hold on to their elements
  net::steady_timer stagger, done;
  std::size_t next = 0;
  int pending = 0;
  bool over = false;
  error_code error = boost::beast::error::timeout;
  std::optional<tcp::socket> winner;
};

Endpoints interleaved(const Endpoints& found) {
  Endpoints first, other, mixed;
  for (const auto& endpoint : found)
    (endpoint.address().is_v6() == found.front().address().is_v6() ? first : other)
        .push_back(endpoint);
  for (std::size_t i = 0; i < std::max(first.size(), other.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < other.size()) mixed.push_back(other[i]);
  }
  return mixed;
}

net::awaitable<Endpoints> Dial::look_up(const std::string& host, const std::string& port,
                                        std::string& fault) {
  error_code error;
  const auto address = net::ip::make_address(host, error);
  if (!error)
    co_return Endpoints(1, tcp::endpoint(address, static_cast<unsigned short>(std::stoi(port))));
  auto lookup = std::make_shared<Lookup>(io_);
  lookup_ = lookup;
  lookup->done.expires_after(kLookupTimeout);
  lookup->resolver.async_resolve(
      host, port, [lookup](const error_code& failed, const tcp::resolver::results_type& found) {
        lookup->error = failed;
        for (const auto& entry : found) lookup->found.push_back(entry.endpoint());
        lookup->done.cancel();
      });
  co_await lookup->done.async_wait(net::redirect_error(net::use_awaitable, error));
  lookup_.reset();
  if (lookup->error)
    fault = "looking up " + host + ": " + words_for(lookup->error, "no answer within 5 s");
  Endpoints found = interleaved(lookup->found);
  found.resize(std::min(found.size(), kMaxAddresses));
  co_return found;
}

net::awaitable<std::optional<Dial::Socket>> Dial::race(Endpoints targets, std::string& fault) {
  auto race = std::make_shared<Race>(io_, std::move(targets));
  race_ = race;
  race->done.expires_after(kConnectTimeout);
  race->start_next();
  error_code ignored;
  co_await race->done.async_wait(net::redirect_error(net::use_awaitable, ignored));
  race_.reset();
  if (!race->over) {
    race->error = boost::beast::error::timeout;
    race->finish();
  }
  if (!race->winner) fault = words_for(race->error, "no connection within 10 s");
  co_return std::move(race->winner);
}

net::awaitable<std::optional<Dial::Socket>> Dial::connect(const std::string& host,
                                                          const std::string& port,
                                                          std::string& fault) {
  Endpoints targets = co_await look_up(host, port, fault);
  if (!fault.empty() || targets.empty()) co_return std::nullopt;
  co_return co_await race(std::move(targets), fault);
}

void Dial::cut() {
  if (lookup_) lookup_->done.cancel();
  if (race_) {
    race_->error = net::error::operation_aborted;
    race_->finish();
  }
}

}  // namespace lamppost::broker
