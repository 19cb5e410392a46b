// SPDX-License-Identifier: Apache-2.0
// Asks one broker, over one kept-alive connection, and shows it our credentials.
#pragma once

#include "broker/awaitable.h"

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "broker/credentials.h"
#include "broker/origin.h"
#include "broker/request_head.h"
#include "broker/tls.h"
#include "config/config.h"
#include "ngsi_ld/classifier.h"

namespace lamppost::broker {

// Lives on the io_context's thread. One operation at a time.
class HttpClient {
 public:
  // Throws ConfigError when URL, header values or certificates cannot be used. `stall`: for so long
  // a body may stand still, sent or received.
  HttpClient(boost::asio::io_context& io, const config::Broker& broker,
             std::chrono::milliseconds stall);

  // A connection that looks alive stands already, and no token has to be fetched.
  bool connected();
  // "" when a request can be made, else why not.
  boost::asio::awaitable<std::string> connect();
  // Sends one request; the connection is made when there is none. What it views must live until the
  // answer is there. After a 401 it is sent once more when other credentials can be had.
  boost::asio::awaitable<ngsi_ld::Answer> request(Request request);
  // Ends whatever is under way; nothing is sent afterwards.
  void cut();

  // Certificates, and what wants a person soon; `now` by the gateway's clock.
  void describe(DestinationState& state, Timestamp now) const;
  // Whose certificate runs out within kCertificateWarning, the gateway's own first; "" when none.
  std::string running_out(Timestamp now) const;

 private:
  boost::asio::awaitable<ngsi_ld::Answer> follow(Request request, Connection::Limits limits);
  boost::asio::awaitable<ngsi_ld::Answer> exchange(const Request& request,
                                                   Connection::Limits limits);

  TlsFiles tls_;
  Origin origin_;
  Credentials credentials_;
  RequestHead head_;
  std::chrono::milliseconds timeout_, stall_;
};

}  // namespace lamppost::broker
