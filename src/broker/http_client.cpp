// SPDX-License-Identifier: Apache-2.0
#include "broker/http_client.h"

#include <algorithm>

#include "broker/retry_after.h"
#include "broker/words.h"
#include "core/finding.h"

namespace lamppost::broker {
namespace {

namespace net = boost::asio;

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
  if (!reply.fault.empty())
    return unanswered(reply.sent ? ngsi_ld::Transport::kAmbiguous : ngsi_ld::Transport::kNotSent,
                      reply.fault);
  ngsi_ld::Answer answer;
  answer.status = reply.status;
  answer.body = std::move(reply.body);
  answer.location = std::move(reply.location);
  answer.retry_after = parse_retry_after(reply.retry_after, reply.date);
  return answer;
}

bool answered(const ngsi_ld::Answer& answer, std::initializer_list<int> statuses) {
  return answer.transport == ngsi_ld::Transport::kAnswered &&
         std::find(statuses.begin(), statuses.end(), answer.status) != statuses.end();
}

}  // namespace

HttpClient::HttpClient(net::io_context& io, const config::Broker& broker,
                       std::chrono::milliseconds stall)
    : tls_(broker),
      origin_(io, url_of(broker), proxy_for(url_of(broker), broker.proxy), tls_, broker.pins),
      credentials_(io, broker, tls_),
      head_(origin_.url(), broker),
      timeout_(broker.timeout),
      stall_(std::min(stall, timeout_ / 2)) {
  if (origin_.url().tls) tls_.context();
}

bool HttpClient::connected() { return !credentials_.due() && origin_.connected(); }

net::awaitable<std::string> HttpClient::connect() {
  if (credentials_.due()) {
    std::string fault = co_await credentials_.renew();
    if (!fault.empty()) co_return fault;
  }
  co_return co_await origin_.connect();
}

net::awaitable<ngsi_ld::Answer> HttpClient::exchange(const Request& request,
                                                     Connection::Limits limits) {
  std::string fault = co_await connect();
  if (!fault.empty()) co_return unanswered(ngsi_ld::Transport::kNotSent, std::move(fault));
  const std::string head = head_.text(request, origin_.proxy_fields() + credentials_.field());
  Reply reply = co_await origin_.exchange(head, request.body, limits);
  if (reply.fault == "no answer") reply.fault += " within " + in_words(timeout_);
  co_return answer_of(std::move(reply));
}

net::awaitable<ngsi_ld::Answer> HttpClient::follow(Request request, Connection::Limits limits) {
  std::string target = origin_.target(origin_.url().path + std::string(request.target));
  for (int hops = 0;; ++hops) {
    request.target = target;
    ngsi_ld::Answer answer = co_await exchange(request, limits);
    if (!answered(answer, {307, 308}) || hops == kMaxRedirects) co_return answer;
    const auto next = redirect_target(answer.location, origin_.url());
    if (!next) co_return answer;
    target = origin_.target(*next);
  }
}

net::awaitable<ngsi_ld::Answer> HttpClient::request(Request request) {
  const Connection::Limits limits{std::chrono::steady_clock::now() + timeout_, stall_};
  ngsi_ld::Answer answer = co_await follow(request, limits);
  if (answered(answer, {401}) && !origin_.is_cut() && credentials_.refused())
    answer = co_await follow(request, limits);
  co_return answer;
}

void HttpClient::describe(DestinationState& state, Timestamp now) const {
  for (const auto* certificate : {&tls_.certificate(), &origin_.certificate()})
    if (*certificate) state.certificates.push_back(**certificate);
  state.notice = tls_.fault().empty() ? credentials_.fault() : tls_.fault();
  if (state.notice.empty()) state.notice = running_out(now);
}

std::string HttpClient::running_out(Timestamp now) const {
  for (const auto* certificate : {&tls_.certificate(), &origin_.certificate()}) {
    if (!*certificate) continue;
    const std::chrono::milliseconds left((*certificate)->not_after.ms - now.ms);
    if (left < kCertificateWarning)
      return "the certificate of the " + (*certificate)->whose +
             (left.count() < 0 ? " has run out" : " runs out in " + in_words(left));
  }
  return "";
}

void HttpClient::cut() {
  origin_.cut();
  credentials_.cut();
}

}  // namespace lamppost::broker
