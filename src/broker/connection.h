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
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "broker/forwarder.h"

namespace lamppost::broker {

// Why a proxy does not pass on a request, in words.
std::string proxy_refusal(int status);

// What came back for one request.
struct Reply {
  bool sent = true;   // false: the server has seen nothing of the request
  std::string fault;  // of the transport, in words; the rest is void then
  boost::system::error_code error;
  bool taken = true;     // the whole request went out
  bool started = false;  // the first byte of an answer was seen
  bool keep_alive = false;
  int status = 0;
  std::string body;  // cut at kMaxBody
  std::string location, retry_after, date, content_type;
};

class Connection {
 public:
  using Plain = boost::beast::tcp_stream;
  using Tls = boost::asio::ssl::stream<boost::beast::tcp_stream>;

  struct Limits {
    std::chrono::steady_clock::time_point deadline;  // of the whole exchange
    std::chrono::milliseconds stall;                 // in which a body must move, sent or received
  };

  static constexpr std::size_t kMaxHeader = std::size_t{16} << 10;
  static constexpr std::size_t kMaxBody = std::size_t{1} << 20;

  explicit Connection(boost::asio::ip::tcp::socket connected);

  // Asks an HTTP proxy for the way to `authority` (RFC 9110, 9.3.6); `fields` are further header
  // lines. "" when it is open, else why not, in words.
  boost::asio::awaitable<std::string> tunnel(std::string authority, std::string fields);
  // From now on TLS. "" when it stands, else why not. `pins`: see config::Broker.
  boost::asio::awaitable<std::string> secure(std::shared_ptr<boost::asio::ssl::context> tls,
                                             const std::string& host,
                                             const std::vector<std::string>& pins);
  boost::asio::awaitable<Reply> exchange(std::string_view head, std::string_view body,
                                         Limits limits);
  // Of the server, after secure().
  const std::optional<CertificateState>& certificate() const { return certificate_; }
  // It has carried an answer: the peer may have closed it in the meantime.
  bool used() const { return used_; }
  // False when the peer has already said goodbye, or talks out of turn.
  bool looks_alive();
  void close();

 private:
  Plain& tcp();
  std::shared_ptr<boost::asio::ssl::context> tls_;
  std::variant<Plain, Tls> stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<CertificateState> certificate_;
  bool used_ = false;
};

}  // namespace lamppost::broker
