// SPDX-License-Identifier: Apache-2.0
// The URL of a broker taken apart: mqtt://host[:port] in the clear, mqtts://host[:port] under TLS.
// host is a name, an IPv4 address or an IPv6 address in brackets (RFC 3986, 3.2.2). The default
// ports are IANA's 1883 and 8883. User and password never stand in a URL: they have their own keys.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace lamppost::mqtt {

struct Address {
  bool tls = false;
  std::string host;  // without brackets
  std::uint16_t port = 1883;
};

// Never anything but Fault::kMalformed.
Result<Address> parse_address(std::string_view url);

}  // namespace lamppost::mqtt
