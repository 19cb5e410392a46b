// SPDX-License-Identifier: Apache-2.0
// One TCP or TLS connection to a broker that carries one HTTP request after the other. Everything
// waits asynchronously and with a deadline; close() from elsewhere on the thread ends any wait.
#pragma once

#include "broker/awaitable.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace lamppost::broker {

// What came back for one request.
struct Reply {
  boost::system::error_code error;  // of the transport; the rest is void then
  bool started = false;             // the first byte of an answer was seen
  bool keep_alive = false;
  int status = 0;
  std::string body;  // cut at kMaxBody
  std::string location, retry_after, date;
};

class Connection {
 public:
  using Plain = boost::beast::tcp_stream;
  using Tls = boost::asio::ssl::stream<boost::beast::tcp_stream>;
  using Deadline = std::chrono::steady_clock::time_point;

  static constexpr std::size_t kMaxHeader = std::size_t{16} << 10;
  static constexpr std::size_t kMaxBody = std::size_t{1} << 20;

  // `tls` outlives the connection; nullptr for plain HTTP.
  Connection(boost::asio::io_context& io, boost::asio::ssl::context* tls);

  // "" when the connection stands, else why not, in words.
  boost::asio::awaitable<std::string> open(boost::asio::ip::tcp::endpoint peer,
                                           const std::string& host);
  boost::asio::awaitable<Reply> exchange(std::string_view head, std::string_view body,
                                         Deadline deadline);
  // It has carried an answer: the peer may have closed it in the meantime.
  bool used() const { return used_; }
  // False when the peer has already said goodbye, or talks out of turn.
  bool looks_alive();
  void close();

 private:
  Plain& tcp();
  boost::asio::awaitable<std::string> shake_hands(Tls& stream, const std::string& host);
  std::variant<Plain, Tls> stream_;
  boost::beast::flat_buffer buffer_;
  bool used_ = false;
};

}  // namespace lamppost::broker
