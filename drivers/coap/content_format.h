// SPDX-License-Identifier: Apache-2.0
// CoAP Content-Formats (IANA registry of RFC 7252, 12.3) that some decoder can read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lamppost::coap {

constexpr std::uint32_t kLinkFormat = 40;  // RFC 6690

// Media type of a number; nullopt when readings of that format are not taken.
std::optional<std::string_view> media_type(std::uint32_t content_format);

// All taken numbers as RFC 7252, 7.2.1 writes them in a link's ct attribute: "0 50 60 110 112 11542
// 11543".
std::string taken_formats();

}  // namespace lamppost::coap
