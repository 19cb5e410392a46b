// SPDX-License-Identifier: Apache-2.0
// As much of RFC 3986 as options need: scheme://host[:port][/rest], IPv6 in brackets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lamppost::config {

struct Url {
  std::string scheme;  // as written
  std::string host;    // without brackets
  std::optional<int> port;
  std::string rest;  // path, query and fragment, beginning with / ? or #; "" when there is none

  bool loopback() const;
};

// nullopt when the text is no such URL. `problem` then says why: `"70000" is no port`.
// User names and passwords in a URL are refused: a configuration holds no secrets.
std::optional<Url> parse_url(std::string_view text, std::string& problem);

// host:port as of a listening address; port 0 means any free one.
std::optional<Url> parse_address(std::string_view text, std::string& problem);

}  // namespace lamppost::config
