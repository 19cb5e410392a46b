// SPDX-License-Identifier: Apache-2.0
// What a broker wants to see before it listens: a fixed header, user and password, or a token that
// is fetched from its endpoint and renewed at 80 % of its life. Life is measured on the monotonic
// clock, for a gateway's date may be wrong. Secret files that change are read again.
#pragma once

#include "broker/awaitable.h"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "broker/file_stamp.h"
#include "broker/oauth2.h"
#include "broker/origin.h"

namespace lamppost::broker {

// Lives on the io_context's thread. One call at a time.
class Credentials {
 public:
  using Steady = std::chrono::steady_clock;

  // `tls` outlives it. Throws ConfigError when a value cannot stand in a header.
  Credentials(boost::asio::io_context& io, const config::Broker& broker, TlsFiles& tls);

  // A token has to be fetched before the next request.
  bool due() const;
  // Fetches it. "" when requests can be made, be it with the old one; else why not.
  boost::asio::awaitable<std::string> renew();
  // The header line for a request, "" without credentials.
  const std::string& field();
  // The broker has answered 401. True when there is something else to try.
  bool refused();
  void cut();
  // Why the last renewal failed while the old token goes on; "" when it did not.
  const std::string& fault() const { return fault_; }

 private:
  boost::asio::awaitable<std::string> fetch();
  bool reread(config::Secret& secret, FileStamp& seen);
  void compose();

  boost::asio::io_context& io_;
  const std::string broker_;
  config::Auth auth_;
  TlsFiles& tls_;
  std::optional<Url> endpoint_url_;
  std::optional<Proxy> proxy_;
  std::chrono::milliseconds timeout_;
  std::unique_ptr<Origin> endpoint_;  // while a token is being fetched
  FileStamp seen_secret_, seen_password_;
  std::string field_, fault_;
  std::optional<Token> token_;
  Steady::time_point renew_at_, dies_at_, not_before_;
  bool cut_ = false;
};

}  // namespace lamppost::broker
