// SPDX-License-Identifier: Apache-2.0
// The HTTP proxy on the way to a server, if there is one: that of the configuration, else what
// HTTPS_PROXY, HTTP_PROXY and NO_PROXY say, in capitals or not.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "broker/url.h"

namespace lamppost::broker {

struct Proxy {
  Url url;
  std::string authorization;  // "Proxy-Authorization: Basic ...\r\n", "" without user and password

  std::string name() const { return "proxy http://" + url.authority(); }
};

using Environment = std::function<std::string(const std::string& name)>;  // "" = not set
std::string from_environment(const std::string& name);

// `configured`: http://host[:port] or "". The environment's proxy is not for loopback addresses and
// names in NO_PROXY ("*", "city.example", ".city.example", "10.0.0.7"). Throws ConfigError when a
// variable makes no sense; its value is not shown, for it may hold a password.
std::optional<Proxy> proxy_for(const Url& url, const std::string& configured,
                               const Environment& environment = from_environment);

}  // namespace lamppost::broker
