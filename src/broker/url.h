// SPDX-License-Identifier: Apache-2.0
// The base URL of a broker: http://host[:port][/base] or https://..., IPv6 in brackets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lamppost::broker {

struct Url {
  bool tls = false;
  std::string host;  // without brackets
  std::string port;  // always set
  std::string path;  // "" or "/base", no slash at the end

  // For the Host header (RFC 9110, 7.2): brackets around IPv6, no default port.
  std::string authority() const;
};

// nullopt for anything else: another scheme, user information, a query, control characters.
std::optional<Url> parse_url(std::string_view text);

}  // namespace lamppost::broker
