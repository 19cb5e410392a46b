// SPDX-License-Identifier: Apache-2.0
#include "broker/url.h"

#include <algorithm>

namespace lamppost::broker {
namespace {

constexpr std::size_t kMaxUrl = 2048;

bool plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

bool valid_port(std::string_view port) {
  return !port.empty() && port.size() <= 5 &&
         std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
         std::stoi(std::string(port)) <= 65535;
}

// "host", "host:1026", "[::1]:1026"
bool read_authority(std::string_view text, Url& url) {
  std::size_t host_end = text.find(':');
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos) return false;
    url.host = text.substr(1, bracket - 1);
    host_end = bracket + 1 < text.size() ? bracket + 1 : std::string_view::npos;
  } else {
    url.host = text.substr(0, host_end);
  }
  if (host_end == std::string_view::npos) return !url.host.empty();
  url.port = text.substr(host_end + 1);
  return text[host_end] == ':' && valid_port(url.port) && !url.host.empty();
}

}  // namespace

std::string Url::authority() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  std::string text = ipv6 ? "[" + host + "]" : host;
  if (port != (tls ? "443" : "80")) text += ":" + port;
  return text;
}

std::optional<Url> parse_url(std::string_view text) {
  if (text.size() > kMaxUrl || !plain(text)) return std::nullopt;
  Url url;
  if (text.starts_with("https://"))
    url.tls = true;
  else if (!text.starts_with("http://"))
    return std::nullopt;
  text.remove_prefix(url.tls ? 8 : 7);
  url.port = url.tls ? "443" : "80";

  const auto slash = text.find('/');
  const auto authority = text.substr(0, slash);
  if (slash != std::string_view::npos) url.path = text.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  if (authority.find_first_of("@?#") != std::string_view::npos) return std::nullopt;
  if (url.path.find_first_of("?#") != std::string::npos) return std::nullopt;
  if (!read_authority(authority, url)) return std::nullopt;
  return url;
}

}  // namespace lamppost::broker
