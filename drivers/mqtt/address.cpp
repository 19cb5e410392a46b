// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/address.h"

#include <charconv>
#include <optional>

namespace lamppost::mqtt {
namespace {

Error malformed(std::string_view url, const std::string& why) {
  return Error{Fault::kMalformed, "\"" + std::string(url) + "\" " + why, ""};
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, fault] = std::from_chars(digits.data(), end, port);
  if (fault != std::errc() || stop != end || port == 0) return std::nullopt;
  return port;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Splits the host off the front of `rest`; what stays is "" or ":port". "" when there is none.
std::string_view take_host(std::string_view& rest) {
  std::size_t end = rest.find(':');
  std::string_view host = rest.substr(0, end);
  if (!rest.empty() && rest.front() == '[') {
    const std::size_t bracket = rest.find(']');
    if (bracket == std::string_view::npos) return "";
    host = rest.substr(1, bracket - 1);
    end = bracket + 1;
  }
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
  return host;
}

}  // namespace

Result<Address> parse_address(std::string_view url) {
  std::string_view rest = url;
  Address address;
  if (take(rest, "mqtts://")) {
    address.tls = true;
    address.port = 8883;
  } else if (!take(rest, "mqtt://")) {
    return malformed(url, "is no MQTT address; write mqtt://host or mqtts://host");
  }
  if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  if (rest.find('@') != std::string_view::npos)
    return malformed(url, "carries a user; use the keys username and password_file");
  if (rest.find('/') != std::string_view::npos)
    return malformed(url, "carries a path, which MQTT does not have");
  address.host = take_host(rest);
  if (address.host.empty()) return malformed(url, "names no host");
  if (rest.empty()) return address;
  const auto port = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
  if (!port) return malformed(url, "has no port between 1 and 65535 after its host");
  address.port = *port;
  return address;
}

}  // namespace lamppost::mqtt
