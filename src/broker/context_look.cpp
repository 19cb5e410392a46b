// SPDX-License-Identifier: Apache-2.0
#include "broker/context_look.h"

#include "broker/proxy.h"
#include "core/ascii.h"
#include "core/finding.h"
#include "core/json.h"

namespace lamppost::broker {
namespace {

namespace net = boost::asio;

constexpr std::chrono::seconds kPatience{10};
constexpr int kMembersOnly = 2;  // what lies deeper is read and not kept

// The broker's, without what proves to it who we are.
config::Broker without_credentials(config::Broker broker) {
  broker.tls.cert_file.clear();
  broker.tls.key_file.clear();
  broker.pins.clear();
  return broker;
}

bool looks_like_html(const Reply& reply) {
  const auto first = reply.body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return to_lower(reply.content_type).starts_with("text/html") ||
         (first != std::string::npos && reply.body[first] == '<');
}

}  // namespace

std::string context_fault(const Reply& reply) {
  if (reply.status >= 300 && reply.status < 400)
    return "it redirects (" + std::to_string(reply.status) +
           "), which some brokers do not follow: use the address it leads to";
  if (reply.status != 200) return "its server answers " + std::to_string(reply.status);
  if (looks_like_html(reply))
    return "it is a web page, no JSON-LD: use the address of the raw file";
  if (reply.body.size() >= Connection::kMaxBody) return "";
  const auto keep = [](int depth, Json::parse_event_t, Json&) { return depth < kMembersOnly; };
  const Json document = Json::parse(reply.body, keep, false);
  if (document.is_discarded()) return "it is no JSON";
  if (!document.is_object() || !document.contains("@context"))
    return "it is JSON without \"@context\"";
  return "";
}

ContextLook::ContextLook(net::io_context& io, const config::Broker& broker)
    : tls_(without_credentials(broker)) {
  if (const auto url = parse_url(broker.context))
    origin_.emplace(io, *url, proxy_for(*url, broker.proxy), tls_);
}

net::awaitable<std::string> ContextLook::look() {
  if (!origin_ || cut_) co_return "";
  try {
    if (origin_->url().tls) tls_.context();
  } catch (const ConfigError& error) {
    co_return error.what();
  }
  const std::string path = origin_->url().path.empty() ? "/" : origin_->url().path;
  const std::string head = "GET " + origin_->target(path) +
                           " HTTP/1.1\r\nHost: " + origin_->url().authority() +
                           "\r\nUser-Agent: lamppost/" LAMPPOST_VERSION
                           "\r\nAccept: application/ld+json, application/json;q=0.9\r\n" +
                           origin_->proxy_fields() + "\r\n";
  const Reply reply = co_await origin_->exchange(
      head, "", {std::chrono::steady_clock::now() + kPatience, kPatience});
  if (cut_) co_return "";
  origin_->cut();
  if (!reply.fault.empty())
    co_return "the gateway cannot fetch it (" + reply.fault + "); the broker has to";
  co_return context_fault(reply);
}

void ContextLook::cut() {
  cut_ = true;
  if (origin_) origin_->cut();
}

}  // namespace lamppost::broker
