// SPDX-License-Identifier: Apache-2.0
#include "broker/http_client.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>

#include "broker/retry_after.h"
#include "broker/tls.h"
#include "broker/words.h"
#include "core/finding.h"

namespace lamppost::broker {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

constexpr std::chrono::seconds kLookupTimeout{5};
constexpr std::size_t kMaxAddresses = 6;
constexpr int kMaxRedirects = 2;

Url url_of(const config::Broker& broker) {
  if (auto url = parse_url(broker.url)) return *url;
  throw ConfigError("broker " + broker.name + ": url " + broker.url +
                    " is not http://host[:port][/base] or https://...");
}

ngsi_ld::Answer unanswered(ngsi_ld::Transport transport, std::string fault) {
  ngsi_ld::Answer answer;
  answer.transport = transport;
  answer.fault = std::move(fault);
  return answer;
}

ngsi_ld::Answer answer_of(Reply reply) {
  ngsi_ld::Answer answer;
  answer.status = reply.status;
  answer.body = std::move(reply.body);
  answer.location = std::move(reply.location);
  answer.retry_after = parse_retry_after(reply.retry_after, reply.date);
  return answer;
}

bool redirects(const ngsi_ld::Answer& answer) {
  return answer.transport == ngsi_ld::Transport::kAnswered &&
         (answer.status == 307 || answer.status == 308);
}

}  // namespace

// The system's resolver cannot be interrupted, only left behind.
struct HttpClient::Lookup {
  explicit Lookup(net::io_context& io) : resolver(io), done(io) {}
  tcp::resolver resolver;
  net::steady_timer done;
  error_code error = net::error::timed_out;
  std::vector<tcp::endpoint> found;
};

HttpClient::HttpClient(net::io_context& io, const config::Broker& broker)
    : io_(io), url_(url_of(broker)), head_(url_, broker), timeout_(broker.timeout) {
  if (url_.tls) tls_.emplace(make_tls_context(broker));
}

bool HttpClient::connected() { return connection_.has_value() && connection_->looks_alive(); }

net::awaitable<std::vector<tcp::endpoint>> HttpClient::look_up(std::string& fault) {
  error_code error;
  const auto address = net::ip::make_address(url_.host, error);
  if (!error) {
    const auto port = static_cast<unsigned short>(std::stoi(url_.port));
    co_return std::vector<tcp::endpoint>(1, tcp::endpoint(address, port));
  }
  auto lookup = std::make_shared<Lookup>(io_);
  lookup_ = lookup;
  lookup->done.expires_after(kLookupTimeout);
  lookup->resolver.async_resolve(
      url_.host, url_.port, [lookup](const error_code& failed, tcp::resolver::results_type found) {
        lookup->error = failed;
        for (const auto& entry : found)
          if (lookup->found.size() < kMaxAddresses) lookup->found.push_back(entry.endpoint());
        lookup->done.cancel();
      });
  co_await lookup->done.async_wait(net::redirect_error(net::use_awaitable, error));
  lookup_.reset();
  if (lookup->error)
    fault = "looking up " + url_.host + ": " + words_for(lookup->error, "no answer within 5 s");
  co_return lookup->found;
}

net::awaitable<std::string> HttpClient::connect() {
  if (connected()) co_return "";
  connection_.reset();
  std::string fault;
  const auto addresses = co_await look_up(fault);
  for (const auto& address : addresses) {
    if (cut_) break;
    connection_.emplace(io_, tls_ ? &*tls_ : nullptr);
    fault = co_await connection_->open(address, url_.host);
    if (fault.empty()) co_return "";
    connection_.reset();
  }
  co_return fault.empty() ? "cut short" : fault;
}

net::awaitable<ngsi_ld::Answer> HttpClient::exchange(const Request& request,
                                                     Connection::Deadline deadline) {
  const std::string head = head_.text(request);
  for (;;) {
    const std::string fault = co_await connect();
    if (cut_ || !fault.empty()) co_return unanswered(ngsi_ld::Transport::kNotSent, fault);
    const bool reused = connection_->used();
    Reply reply = co_await connection_->exchange(head, request.body, deadline);
    if (reply.error || !reply.keep_alive) connection_.reset();
    if (!reply.error) co_return answer_of(std::move(reply));
    // The peer closed a kept-alive connection just as we used it: normal, and free of charge.
    const bool stale = reused && !reply.started && reply.error != boost::beast::error::timeout;
    if (cut_ || !stale)
      co_return unanswered(ngsi_ld::Transport::kAmbiguous,
                           words_for(reply.error, "no answer within " + in_words(timeout_)));
  }
}

net::awaitable<ngsi_ld::Answer> HttpClient::request(Request request) {
  const auto deadline = std::chrono::steady_clock::now() + timeout_;
  const std::string target = url_.path + std::string(request.target);
  request.target = target;
  std::string redirected;
  for (int hops = 0;; ++hops) {
    ngsi_ld::Answer answer = co_await exchange(request, deadline);
    if (!redirects(answer) || hops == kMaxRedirects) co_return answer;
    auto next = redirect_target(answer.location, url_);
    if (!next) co_return answer;
    redirected = std::move(*next);
    request.target = redirected;
  }
}

void HttpClient::cut() {
  cut_ = true;
  if (lookup_) lookup_->done.cancel();
  if (connection_) connection_->close();
}

}  // namespace lamppost::broker
