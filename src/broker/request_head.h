// SPDX-License-Identifier: Apache-2.0
// The header of every request, as exact text (docs: brokers accept less than HTTP allows). The
// media type travels bare because Stellio and Cassiopeia refuse a charset; Content-Length always,
// chunked never, because Orion-LD copies unmeasured bodies into a fixed buffer; one Link and one
// tenant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/url.h"
#include "config/config.h"

namespace lamppost::broker {

struct Request {
  std::string_view method = "POST";
  std::string_view target;  // below the base URL: "/ngsi-ld/v1/..."
  std::string_view body;
  std::string_view content_type = "application/json";  // "" with a request that has no body
};

// RFC 9110, 5.5: visible characters and blanks. Anything else could smuggle in a second header.
bool fits_a_header(std::string_view value);

class RequestHead {
 public:
  // Throws ConfigError when a configured value cannot stand in a header.
  RequestHead(const Url& url, const config::Broker& broker);
  // `request.target` counts from the root of the server.
  // `credentials`: further header lines.
  std::string text(const Request& request, std::string_view credentials = "") const;

 private:
  std::string fields_;  // everything that does not depend on the request
  std::string link_;    // "" without a context
};

// Where a redirect leads, if it stays on the same scheme, host and port: a target for the next
// request. Elsewhere we would hand readings and credentials to a stranger.
std::optional<std::string> redirect_target(std::string_view location, const Url& url);

}  // namespace lamppost::broker
