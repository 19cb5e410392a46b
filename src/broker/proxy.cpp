// SPDX-License-Identifier: Apache-2.0
#include "broker/proxy.h"

#include <boost/asio/ip/address.hpp>
#include <cstdlib>

#include "broker/encoding.h"
#include "core/ascii.h"
#include "core/finding.h"

namespace lamppost::broker {
namespace {

bool is_loopback(const std::string& host) {
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(host, no_address);
  return no_address ? host == "localhost" : address.is_loopback();
}

bool covers(std::string_view entry, const std::string& host) {
  if (entry == "*") return true;
  while (entry.starts_with('.')) entry.remove_prefix(1);
  const std::string suffix = to_lower(entry), name = to_lower(host);
  return !suffix.empty() && (name == suffix || name.ends_with("." + suffix));
}

bool excepted(const std::string& host, std::string_view list) {
  while (!list.empty()) {
    const auto end = std::min(list.find_first_of(", "), list.size());
    if (covers(list.substr(0, end), host)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

std::string variable(const Environment& environment, const std::string& name) {
  const std::string value = environment(name);
  return value.empty() ? environment(to_lower(name)) : value;
}

// "http://user:password@host:3128/", of which everything but the host may be absent.
std::optional<Proxy> parse(std::string text) {
  if (text.find("://") == std::string::npos) text = "http://" + text;
  Proxy proxy;
  const auto start = text.find("://") + 3, at = text.rfind('@');
  if (at != std::string::npos && at >= start) {
    proxy.authorization = "Proxy-Authorization: Basic " +
                          base64(percent_decoded(text.substr(start, at - start))) + "\r\n";
    text.erase(start, at + 1 - start);
  }
  const auto url = parse_url(text);
  if (!url || url->tls || !url->path.empty()) return std::nullopt;
  proxy.url = *url;
  return proxy;
}

}  // namespace

std::string from_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

std::optional<Proxy> proxy_for(const Url& url, const std::string& configured,
                               const Environment& environment) {
  const std::string name = url.tls ? "HTTPS_PROXY" : "HTTP_PROXY";
  std::string text = configured;
  if (text.empty() && !is_loopback(url.host) &&
      !excepted(url.host, variable(environment, "NO_PROXY")))
    text = variable(environment, name);
  if (text.empty()) return std::nullopt;
  auto proxy = parse(text);
  if (!proxy)
    throw ConfigError((configured.empty() ? name + " of the environment" : "proxy") +
                      " is not http://host[:port]");
  return proxy;
}

}  // namespace lamppost::broker
