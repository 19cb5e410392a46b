// SPDX-License-Identifier: Apache-2.0
// Retry-After (RFC 9110, 10.2.3): seconds or a date.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace lamppost::broker {

// Clamped to [1 s, 1 h]; nullopt when it is garbage. A date counts from the answer's own Date
// header: the gateway's clock may be wrong, and without Date the date says nothing.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      std::string_view date_header);

}  // namespace lamppost::broker
