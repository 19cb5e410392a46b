// SPDX-License-Identifier: Apache-2.0
// How credentials are written in headers and forms.
#pragma once

#include <string>
#include <string_view>

namespace lamppost::broker {

std::string base64(std::string_view bytes);  // RFC 4648, 4
// application/x-www-form-urlencoded, a blank as "+" (RFC 6749, appendix B).
std::string form_encoded(std::string_view text);
// "%40" -> "@"; a lone % stays.
std::string percent_decoded(std::string_view text);

}  // namespace lamppost::broker
