// SPDX-License-Identifier: Apache-2.0
#include "broker/origin.h"

#include <boost/beast/core/error.hpp>

#include "broker/words.h"
#include "core/finding.h"

namespace lamppost::broker {

namespace net = boost::asio;

namespace {

// What it was that took too long.
std::string late(const Reply& reply) {
  if (!reply.taken) return "the request was not read to its end";
  return reply.started ? "the answer has stopped" : "no answer";
}

}  // namespace

Origin::Origin(net::io_context& io, Url url, std::optional<Proxy> proxy, TlsFiles& tls,
               std::vector<std::string> pins)
    : url_(std::move(url)),
      proxy_(std::move(proxy)),
      tls_(tls),
      pins_(std::move(pins)),
      dial_(io) {}

bool Origin::connected() {
  return connection_ && connection_->looks_alive() && (!url_.tls || context_ == tls_.context());
}

net::awaitable<std::string> Origin::connect() {
  if (connected()) co_return "";
  connection_.reset();
  std::string fault = co_await open();
  if (fault.empty() && !cut_) co_return "";
  connection_.reset();
  co_return fault.empty() ? "cut short" : fault;
}

net::awaitable<std::string> Origin::open() {
  const Url& first = proxy_ ? proxy_->url : url_;
  const std::string way = proxy_ ? proxy_->name() + ": " : "";
  std::string fault;
  auto socket = co_await dial_.connect(first.host, first.port, fault);
  if (cut_) co_return "cut short";
  if (!socket) co_return way + (fault.empty() ? "host not found" : fault);
  connection_.emplace(std::move(*socket));
  if (!url_.tls) co_return "";
  if (proxy_) {
    const bool ipv6 = url_.host.find(':') != std::string::npos;
    const std::string host = ipv6 ? "[" + url_.host + "]" : url_.host;
    fault = co_await connection_->tunnel(host + ":" + url_.port, proxy_->authorization);
    if (!fault.empty()) co_return way + fault;
  }
  context_ = tls_.context();
  fault = co_await connection_->secure(context_, url_.host, pins_);
  if (fault.empty()) certificate_ = connection_->certificate();
  co_return fault;
}

net::awaitable<Reply> Origin::exchange(std::string_view head, std::string_view body,
                                       Connection::Limits limits) {
  Reply reply;
  for (;;) {
    reply.fault = co_await connect();
    reply.sent = reply.fault.empty();
    if (!reply.sent) co_return reply;
    const bool reused = connection_->used();
    reply = co_await connection_->exchange(head, body, limits);
    if (reply.error || !reply.keep_alive) connection_.reset();
    const bool timed_out = reply.error == boost::beast::error::timeout;
    // The peer closed a kept-alive connection just as we used it: normal, and free of charge.
    if (reply.error && reused && !reply.started && !timed_out && !cut_) continue;
    if (reply.error) reply.fault = words_for(reply.error, late(reply));
    if (asks_proxy() && reply.status == 407) {
      reply.sent = false;
      reply.fault = proxy_->name() + ": " + proxy_refusal(reply.status);
    }
    co_return reply;
  }
}

void Origin::cut() {
  cut_ = true;
  dial_.cut();
  if (connection_) connection_->close();
}

std::string Origin::target(std::string_view path) const {
  return (asks_proxy() ? "http://" + url_.authority() : "") + std::string(path);
}

std::string Origin::proxy_fields() const { return asks_proxy() ? proxy_->authorization : ""; }

}  // namespace lamppost::broker
