// SPDX-License-Identifier: Apache-2.0
#include "broker/words.h"

#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <cctype>

namespace lamppost::broker {

std::string words_for(const boost::system::error_code& error, const std::string& on_timeout) {
  namespace http = boost::beast::http;
  if (error == boost::beast::error::timeout) return on_timeout;
  if (error == http::error::end_of_stream) return "connection closed before an answer";
  if (error == http::error::partial_message) return "connection closed in the middle of the answer";
  if (error == http::error::header_limit) return "the answer's header is larger than 16 KiB";
  if (error == boost::asio::error::operation_aborted) return "cut short";
  if (error == boost::asio::error::host_not_found) return "host not found";
  if (error.category() == boost::beast::http::make_error_code(http::error::bad_version).category())
    return "the answer is no HTTP: " + error.message();
  std::string text = error.message();
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

std::string in_words(std::chrono::milliseconds span) {
  const auto ms = span.count();
  if (ms < 1000) return std::to_string(ms) + " ms";
  if (ms < 120'000) return std::to_string(ms / 1000) + " s";
  if (ms < 7'200'000) return std::to_string(ms / 60'000) + " min";
  if (ms < 172'800'000) return std::to_string(ms / 3'600'000) + " h";
  return std::to_string(ms / 86'400'000) + " days";
}

}  // namespace lamppost::broker
