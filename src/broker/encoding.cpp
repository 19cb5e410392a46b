// SPDX-License-Identifier: Apache-2.0
#include "broker/encoding.h"

#include <algorithm>
#include <boost/beast/core/detail/base64.hpp>
#include <charconv>

#include "core/percent.h"

namespace lamppost::broker {

// Beast's, because OpenSSL's would load OpenSSL for plain HTTP too.
std::string base64(std::string_view bytes) {
  namespace beast64 = boost::beast::detail::base64;
  std::string text(beast64::encoded_size(bytes.size()), '\0');
  text.resize(beast64::encode(text.data(), bytes.data(), bytes.size()));
  return text;
}

std::string form_encoded(std::string_view text) {
  auto encoded = percent_encoded(text, "-._* ");
  std::replace(encoded.begin(), encoded.end(), ' ', '+');
  return encoded;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* const from = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(from, from + 2, byte, 16).ptr == from + 2) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace lamppost::broker
