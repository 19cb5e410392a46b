// SPDX-License-Identifier: Apache-2.0
// A look at the @context that every request names, once, when forwarding begins. A broker that
// cannot read it refuses everything with words that say little, so a wrong URL is worth a line in
// the log. It never holds anything up: brokers may reach what the gateway cannot.
#pragma once

#include "broker/awaitable.h"

#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>

#include "broker/origin.h"
#include "broker/tls.h"
#include "config/config.h"

namespace lamppost::broker {

// Why this answer to a GET is no JSON-LD context (JSON-LD 1.1, 3.1): a redirect, a page of HTML, no
// JSON, no object with "@context". "" when it is one, or too long to be judged.
std::string context_fault(const Reply& reply);

// Lives on the io_context's thread. Asks without credentials, by the broker's proxy and ca_file.
class ContextLook {
 public:
  ContextLook(boost::asio::io_context& io, const config::Broker& broker);

  // What is wrong, in words; "" when nothing is, or nothing is known because look() was cut.
  boost::asio::awaitable<std::string> look();
  void cut();

 private:
  TlsFiles tls_;
  std::optional<Origin> origin_;  // none without a context
  bool cut_ = false;
};

}  // namespace lamppost::broker
