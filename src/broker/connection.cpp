// SPDX-License-Identifier: Apache-2.0
#include "broker/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_suffix.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>

#include "broker/tls.h"
#include "broker/words.h"

namespace lamppost::broker {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Parser = http::response_parser<http::string_body>;

constexpr std::chrono::seconds kTunnelTimeout{10}, kTlsTimeout{10};
constexpr std::size_t kReadAhead = std::size_t{64} << 10;
constexpr int kMaxInterim = 4;  // "100 Continue" and its kin before the answer

auto into(error_code& error) { return net::redirect_error(net::use_awaitable, error); }

std::string field(const Parser& parser, http::field name) {
  const auto value = parser.get()[name];
  return std::string(value.data(), value.size());
}

void take(Reply& reply, Parser& parser) {
  reply.status = parser.get().result_int();
  reply.keep_alive = parser.is_done() && parser.keep_alive();
  reply.location = field(parser, http::field::location);
  reply.retry_after = field(parser, http::field::retry_after);
  reply.date = field(parser, http::field::date);
  reply.content_type = field(parser, http::field::content_type);
  reply.body = std::move(parser.get().body());
  reply.body.resize(std::min(reply.body.size(), Connection::kMaxBody));
}

// A body beyond the bound costs the connection, not the answer: its status is known.
bool usable(const Parser& parser, const error_code& error) {
  return !error || (error == http::error::body_limit && parser.is_header_done());
}

// One exchange on one stream. `tcp` is the stream or what lies below it, and keeps the time.
template <typename Stream>
struct Dialogue {
  Stream& stream;
  Connection::Plain& tcp;
  boost::beast::flat_buffer& buffer;
  Connection::Limits limits;

  void must_move() {
    tcp.expires_at(std::min(limits.deadline, std::chrono::steady_clock::now() + limits.stall));
  }

  net::awaitable<error_code> write(std::array<net::const_buffer, 2> request) {
    error_code error;
    boost::beast::buffers_suffix<std::array<net::const_buffer, 2>> rest(request);
    while (!error && boost::beast::buffer_bytes(rest) > 0) {
      must_move();
      rest.consume(co_await stream.async_write_some(rest, into(error)));
    }
    co_return error;
  }

  // A broker may think as long as the deadline lets it; once it talks it must go on.
  net::awaitable<error_code> read(Parser& parser) {
    error_code error;
    tcp.expires_at(limits.deadline);
    while (!error && !parser.is_done()) {
      co_await http::async_read_some(stream, buffer, parser, into(error));
      must_move();
    }
    co_return error;
  }

  net::awaitable<Reply> read_reply() {
    Reply reply;
    for (int interim = 0; interim <= kMaxInterim; ++interim) {
      Parser parser;
      parser.header_limit(Connection::kMaxHeader);
      parser.body_limit(Connection::kMaxBody);
      const error_code error = co_await read(parser);
      reply.started = reply.started || parser.got_some();
      reply.error = usable(parser, error) ? error_code{} : error;
      if (reply.error) co_return reply;
      take(reply, parser);
      if (reply.status >= 200) co_return reply;
    }
    reply.error = http::error::bad_status;
    co_return reply;
  }

  // A broker may answer (413, 401) and close before it has read the whole body: the failed write
  // then hides an answer worth reading.
  net::awaitable<Reply> converse(std::array<net::const_buffer, 2> request) {
    const error_code unwritten = co_await write(request);
    if (unwritten == boost::beast::error::timeout || unwritten == net::error::operation_aborted) {
      Reply unsent;
      unsent.error = unwritten;
      unsent.taken = false;
      co_return unsent;
    }
    Reply reply = co_await read_reply();
    if (unwritten) reply.keep_alive = false;
    if (unwritten && reply.error) reply.error = unwritten;
    co_return reply;
  }
};

}  // namespace

Connection::Connection(net::ip::tcp::socket connected)
    : stream_(std::in_place_type<Plain>, std::move(connected)), buffer_(kMaxHeader + kReadAhead) {
  error_code ignored;
  tcp().socket().set_option(net::ip::tcp::no_delay(true), ignored);
  tcp().socket().set_option(net::socket_base::keep_alive(true), ignored);
}

Connection::Plain& Connection::tcp() {
  if (auto* plain = std::get_if<Plain>(&stream_)) return *plain;
  return std::get<Tls>(stream_).next_layer();
}

net::awaitable<std::string> Connection::tunnel(std::string authority, std::string fields) {
  const std::string head =
      "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n" + fields + "\r\n";
  auto& stream = tcp();
  stream.expires_after(kTunnelTimeout);
  error_code error;
  co_await net::async_write(stream, net::buffer(head), into(error));
  http::response_parser<http::empty_body> parser;
  parser.header_limit(kMaxHeader);
  if (!error) co_await http::async_read_header(stream, buffer_, parser, into(error));
  if (error) co_return words_for(error, "no answer within 10 s");
  const int status = parser.get().result_int();
  if (status / 100 != 2) co_return proxy_refusal(status);
  co_return buffer_.size() == 0 ? "" : "talks before TLS has begun";
}

net::awaitable<std::string> Connection::secure(std::shared_ptr<net::ssl::context> tls,
                                               const std::string& host,
                                               const std::vector<std::string>& pins) {
  Plain plain = std::move(std::get<Plain>(stream_));
  tls_ = std::move(tls);
  auto& stream = stream_.emplace<Tls>(std::move(plain), *tls_);
  error_code error;
  expect_host(stream.native_handle(), host);
  tcp().expires_after(kTlsTimeout);
  co_await stream.async_handshake(net::ssl::stream_base::client, into(error));
  if (const auto why = refused_because(stream.native_handle()); error && !why.empty())
    co_return "the certificate of " + host + " is refused: " + why;
  if (error) co_return "TLS: " + words_for(error, "no handshake within 10 s");
  certificate_ = certificate_of(stream.native_handle());
  if (pins.empty()) co_return "";
  const std::string key = key_digest(stream.native_handle());
  if (std::find(pins.begin(), pins.end(), key) != pins.end()) co_return "";
  co_return host + " shows the key " + key + ", which is not in pin_sha256";
}

net::awaitable<Reply> Connection::exchange(std::string_view head, std::string_view body,
                                           Limits limits) {
  const std::array<net::const_buffer, 2> request = {net::buffer(head), net::buffer(body)};
  Reply reply;
  if (auto* tls = std::get_if<Tls>(&stream_)) {
    Dialogue<Tls> dialogue{*tls, tcp(), buffer_, limits};
    reply = co_await dialogue.converse(request);
  } else {
    Dialogue<Plain> dialogue{tcp(), tcp(), buffer_, limits};
    reply = co_await dialogue.converse(request);
  }
  tcp().expires_never();
  used_ = true;
  // More than the answer: what follows would be taken for the next one.
  if (buffer_.size() > 0) reply.keep_alive = false;
  co_return reply;
}

std::string proxy_refusal(int status) {
  if (status == 407)
    return "407 Proxy Authentication Required; user and password belong into HTTPS_PROXY or "
           "HTTP_PROXY of the environment";
  return "it answers " + std::to_string(status);
}

bool Connection::looks_alive() {
  if (!tcp().socket().is_open()) return false;
  char first = 0;
  const auto count = ::recv(tcp().socket().native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  // TLS 1.3 sends session tickets when it likes; plain HTTP has nothing to say unasked.
  return count > 0 && std::holds_alternative<Tls>(stream_);
}

void Connection::close() { tcp().close(); }

}  // namespace lamppost::broker
