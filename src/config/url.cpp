// SPDX-License-Identifier: Apache-2.0
#include "config/url.h"

#include <algorithm>
#include <charconv>

namespace lamppost::config {
namespace {

constexpr int kHighestPort = 65535;

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != 0x7F; });
}

// Takes ":1883" apart; false with a problem when it is no port.
bool take_port(std::string_view text, Url& url, std::string& problem) {
  if (text.empty()) return true;
  int port = -1;
  const std::string_view digits = text.substr(1);
  const char* end = digits.data() + digits.size();
  const auto [rest, code] = std::from_chars(digits.data(), end, port);
  if (text[0] != ':' || code != std::errc() || rest != end || port < 0 || port > kHighestPort) {
    problem = "\"" + std::string(digits) + "\" is no port";
    return false;
  }
  url.port = port;
  return true;
}

bool take_authority(std::string_view text, Url& url, std::string& problem) {
  if (text.find('@') != std::string_view::npos) {
    problem = "user name and password have no place in a URL";
    return false;
  }
  const bool bracketed = text.starts_with('[');
  const std::size_t end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string_view::npos || end == (bracketed ? 1u : 0u)) {
    problem = bracketed ? "the ] of the address is missing" : "the host is missing";
    return false;
  }
  url.host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  return take_port(text.substr(bracketed ? end + 1 : end), url, problem);
}

}  // namespace

bool Url::loopback() const {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::optional<Url> parse_url(std::string_view text, std::string& problem) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0) {
    problem = "it does not begin with a scheme";
    return std::nullopt;
  }
  if (!is_visible(text)) {
    problem = "it holds a space or an unprintable character";
    return std::nullopt;
  }
  Url url;
  url.scheme = text.substr(0, colon);
  const std::string_view tail = text.substr(colon + 3);
  const std::size_t rest = std::min(tail.find_first_of("/?#"), tail.size());
  url.rest = tail.substr(rest);
  if (!take_authority(tail.substr(0, rest), url, problem)) return std::nullopt;
  return url;
}

std::optional<Url> parse_address(std::string_view text, std::string& problem) {
  Url url;
  if (!is_visible(text)) problem = "it holds a space or an unprintable character";
  if (!problem.empty() || !take_authority(text, url, problem)) return std::nullopt;
  if (!url.port) problem = "the port is missing";
  if (!problem.empty()) return std::nullopt;
  return url;
}

}  // namespace lamppost::config
