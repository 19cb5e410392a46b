// SPDX-License-Identifier: Apache-2.0
// One server (scheme, host, port) and the kept-alive connection to it, made when it is needed,
// straight or through a proxy.
#pragma once

#include "broker/awaitable.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/connection.h"
#include "broker/dial.h"
#include "broker/proxy.h"
#include "broker/tls.h"
#include "broker/url.h"

namespace lamppost::broker {

// Lives on the io_context's thread. One call at a time.
class Origin {
 public:
  // `tls` outlives it, and is only touched for https.
  Origin(boost::asio::io_context& io, Url url, std::optional<Proxy> proxy, TlsFiles& tls,
         std::vector<std::string> pins = {});

  // A connection that looks alive stands, made with today's certificates.
  bool connected();
  // "" when a connection stands, else why there is none.
  boost::asio::awaitable<std::string> connect();
  // `head` begins with method and target(); what is viewed must live until the reply is there.
  // A request on a kept-alive connection that the peer has just closed is sent once more.
  boost::asio::awaitable<Reply> exchange(std::string_view head, std::string_view body,
                                         Connection::Limits limits);
  // Ends whatever is under way; nothing is sent afterwards.
  void cut();
  bool is_cut() const { return cut_; }

  // As it stands in a request: absolute towards a proxy (RFC 9112, 3.2.2).
  std::string target(std::string_view path) const;
  std::string proxy_fields() const;  // header lines that each request needs
  const Url& url() const { return url_; }
  const std::optional<CertificateState>& certificate() const { return certificate_; }

 private:
  bool asks_proxy() const { return proxy_.has_value() && !url_.tls; }
  boost::asio::awaitable<std::string> open();

  const Url url_;
  const std::optional<Proxy> proxy_;
  TlsFiles& tls_;
  const std::vector<std::string> pins_;
  Dial dial_;
  std::shared_ptr<boost::asio::ssl::context> context_;  // that the connection was made with
  std::optional<Connection> connection_;
  std::optional<CertificateState> certificate_;
  bool cut_ = false;
};

}  // namespace lamppost::broker
