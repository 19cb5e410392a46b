// SPDX-License-Identifier: Apache-2.0
// Asks one broker, over one kept-alive connection. Names are looked up for every new
// connection, addresses tried in turn (IPv6 or IPv4, as the resolver orders them).
#pragma once

#include "broker/awaitable.h"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/connection.h"
#include "broker/request_head.h"
#include "broker/url.h"
#include "config/config.h"
#include "ngsi_ld/classifier.h"

namespace lamppost::broker {

// Lives on the io_context's thread. One operation at a time.
class HttpClient {
 public:
  // Throws ConfigError when URL, header values or certificates cannot be used.
  HttpClient(boost::asio::io_context& io, const config::Broker& broker);

  // A connection that looks alive stands already.
  bool connected();
  // "" when a connection stands, else why there is none.
  boost::asio::awaitable<std::string> connect();
  // Sends one request; the connection is made when there is none. What it views must live until the
  // answer is there.
  boost::asio::awaitable<ngsi_ld::Answer> request(Request request);
  // Ends whatever is under way; nothing is sent afterwards.
  void cut();

 private:
  struct Lookup;
  boost::asio::awaitable<std::vector<boost::asio::ip::tcp::endpoint>> look_up(std::string& fault);
  boost::asio::awaitable<ngsi_ld::Answer> exchange(const Request& request,
                                                   Connection::Deadline deadline);

  boost::asio::io_context& io_;
  Url url_;
  RequestHead head_;
  std::chrono::milliseconds timeout_;
  std::optional<boost::asio::ssl::context> tls_;
  std::optional<Connection> connection_;
  std::shared_ptr<Lookup> lookup_;  // shared with the resolver's handler, which may come late
  bool cut_ = false;
};

}  // namespace lamppost::broker
