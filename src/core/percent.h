// SPDX-License-Identifier: Apache-2.0
// Percent-encoding (RFC 3986, 2.1).
#pragma once

#include <string>
#include <string_view>

namespace lamppost {

// Letters, digits and `marks` stay as they are, every other byte becomes "%2F".
std::string percent_encoded(std::string_view text, std::string_view marks);

}  // namespace lamppost
