// SPDX-License-Identifier: Apache-2.0
#include "broker/credentials.h"

#include <algorithm>

#include "broker/encoding.h"
#include "broker/request_head.h"
#include "config/secret.h"
#include "core/finding.h"

namespace lamppost::broker {
namespace {

namespace net = boost::asio;
using config::AuthType;

constexpr std::chrono::seconds kTokenTimeout{30}, kStall{10}, kAgain{10};

}  // namespace

Credentials::Credentials(net::io_context& io, const config::Broker& broker, TlsFiles& tls)
    : io_(io),
      broker_(broker.name),
      auth_(broker.auth),
      tls_(tls),
      timeout_(std::min<std::chrono::milliseconds>(broker.timeout, kTokenTimeout)) {
  const bool good = fits_a_header(auth_.header) && fits_a_header(auth_.value.value) &&
                    auth_.header.find_first_of(" :") == std::string::npos;
  if (!good) throw ConfigError("broker " + broker_ + ": auth cannot stand in an HTTP header");
  seen_secret_ =
      FileStamp::of(auth_.type == AuthType::kHeader ? auth_.value.file : auth_.client_secret.file);
  seen_password_ = FileStamp::of(auth_.password.file);
  compose();
  if (auth_.type != AuthType::kOAuth2) return;
  endpoint_url_ = parse_url(auth_.token_url);
  if (!endpoint_url_)
    throw ConfigError("broker " + broker_ + ": token_url " + auth_.token_url + " cannot be used");
  proxy_ = proxy_for(*endpoint_url_, broker.proxy);
  if (endpoint_url_->tls) tls_.context();  // throws now rather than at night
}

void Credentials::compose() {
  if (auth_.type == AuthType::kHeader) field_ = auth_.header + ": " + auth_.value.value + "\r\n";
  if (auth_.type == AuthType::kBasic)
    field_ =
        auth_.header + ": Basic " + base64(auth_.username + ":" + auth_.password.value) + "\r\n";
  if (auth_.type == AuthType::kOAuth2 && token_)
    field_ = auth_.header + (auth_.header == "Authorization" ? ": Bearer " : ": ") + token_->text +
             "\r\n";
}

// A file that cannot be used leaves the old secret: the broker will say what it thinks of it.
bool Credentials::reread(config::Secret& secret, FileStamp& seen) {
  const auto today = FileStamp::of(secret.file);
  if (today == seen) return false;
  seen = today;
  auto text = config::read_secret(secret.file);
  if (!text || *text == secret.value || !fits_a_header(*text)) return false;
  secret.value = std::move(*text);
  return true;
}

const std::string& Credentials::field() {
  const bool changed = (auth_.type == AuthType::kHeader && reread(auth_.value, seen_secret_)) ||
                       (auth_.type == AuthType::kBasic && reread(auth_.password, seen_password_));
  if (changed) compose();
  return field_;
}

bool Credentials::due() const {
  if (auth_.type != AuthType::kOAuth2) return false;
  const auto now = Steady::now();
  return !token_ || now >= dies_at_ || (now >= renew_at_ && now >= not_before_);
}

bool Credentials::refused() {
  if (auth_.type != AuthType::kOAuth2) {
    const std::string before = field_;
    return field() != before;
  }
  token_.reset();
  return true;
}

net::awaitable<std::string> Credentials::renew() {
  std::string fault = co_await fetch();
  if (fault.empty()) {
    fault_.clear();
    co_return "";
  }
  fault_ = "no token from " + auth_.token_url + ": " + fault;
  not_before_ = Steady::now() + kAgain;
  const bool goes_on = token_ && Steady::now() < dies_at_;
  co_return goes_on ? "" : fault_;
}

net::awaitable<std::string> Credentials::fetch() {
  reread(auth_.client_secret, seen_secret_);
  reread(auth_.password, seen_password_);
  const auto asked = Steady::now();
  const TokenRequest request = token_request(auth_);
  endpoint_ = std::make_unique<Origin>(io_, *endpoint_url_, proxy_, tls_);
  if (cut_) endpoint_->cut();
  const std::string head =
      "POST " + endpoint_->target(endpoint_url_->path.empty() ? "/" : endpoint_url_->path) +
      " HTTP/1.1\r\nHost: " + endpoint_url_->authority() +
      "\r\nUser-Agent: lamppost/" LAMPPOST_VERSION "\r\nAccept: application/json\r\n" +
      endpoint_->proxy_fields() + request.authorization +
      "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
      std::to_string(request.body.size()) + "\r\n\r\n";
  const Connection::Limits limits{asked + timeout_, kStall};
  const Reply reply = co_await endpoint_->exchange(head, request.body, limits);
  endpoint_.reset();
  if (!reply.fault.empty()) co_return reply.fault;
  auto token = parse_token(reply.status, reply.body, auth_.header == "Authorization");
  if (!token) co_return token.error().text;
  token_ = std::move(*token);
  renew_at_ = asked + std::chrono::milliseconds(token_->life) * 4 / 5;
  dies_at_ = asked + token_->life;
  compose();
  co_return "";
}

void Credentials::cut() {
  cut_ = true;
  if (endpoint_) endpoint_->cut();
}

}  // namespace lamppost::broker
