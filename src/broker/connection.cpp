// SPDX-License-Identifier: Apache-2.0
#include "broker/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
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

constexpr std::chrono::seconds kConnectTimeout{5};
constexpr std::chrono::seconds kTlsTimeout{10};
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
  reply.body = std::move(parser.get().body());
  reply.body.resize(std::min(reply.body.size(), Connection::kMaxBody));
}

// A body beyond the bound costs the connection, not the answer: its status is known.
bool usable(const Parser& parser, const error_code& error) {
  return !error || (error == http::error::body_limit && parser.is_header_done());
}

template <typename Stream>
net::awaitable<Reply> read_reply(Stream& stream, boost::beast::flat_buffer& buffer) {
  Reply reply;
  for (int interim = 0; interim <= kMaxInterim; ++interim) {
    Parser parser;
    parser.header_limit(Connection::kMaxHeader);
    parser.body_limit(Connection::kMaxBody);
    error_code error;
    co_await http::async_read(stream, buffer, parser, into(error));
    reply.started = reply.started || parser.got_some();
    reply.error = usable(parser, error) ? error_code{} : error;
    if (reply.error) co_return reply;
    take(reply, parser);
    if (reply.status >= 200) co_return reply;
  }
  reply.error = http::error::bad_status;
  co_return reply;
}

// A broker may answer (413, 401) and close before it has read the whole body: the failed write then
// hides an answer worth reading.
template <typename Stream>
net::awaitable<Reply> converse(Stream& stream, boost::beast::flat_buffer& buffer,
                               std::array<net::const_buffer, 2> request) {
  error_code write_error;
  co_await net::async_write(stream, request, into(write_error));
  if (write_error == boost::beast::error::timeout || write_error == net::error::operation_aborted) {
    Reply unsent;
    unsent.error = write_error;
    co_return unsent;
  }
  Reply reply = co_await read_reply(stream, buffer);
  if (write_error) reply.keep_alive = false;
  if (write_error && reply.error) reply.error = write_error;
  co_return reply;
}

}  // namespace

Connection::Connection(net::io_context& io, net::ssl::context* tls)
    : stream_(std::in_place_type<Plain>, io), buffer_(kMaxHeader + kReadAhead) {
  if (tls != nullptr) stream_.emplace<Tls>(io, *tls);
}

Connection::Plain& Connection::tcp() {
  if (auto* plain = std::get_if<Plain>(&stream_)) return *plain;
  return std::get<Tls>(stream_).next_layer();
}

net::awaitable<std::string> Connection::open(net::ip::tcp::endpoint peer, const std::string& host) {
  error_code error;
  tcp().expires_after(kConnectTimeout);
  co_await tcp().async_connect(peer, into(error));
  if (error) co_return words_for(error, "no connection within 5 s");
  error_code ignored;
  tcp().socket().set_option(net::ip::tcp::no_delay(true), ignored);
  tcp().socket().set_option(net::socket_base::keep_alive(true), ignored);
  if (auto* tls = std::get_if<Tls>(&stream_)) co_return co_await shake_hands(*tls, host);
  co_return "";
}

net::awaitable<std::string> Connection::shake_hands(Tls& stream, const std::string& host) {
  error_code error;
  expect_host(stream.native_handle(), host);
  tcp().expires_after(kTlsTimeout);
  co_await stream.async_handshake(net::ssl::stream_base::client, into(error));
  if (!error) co_return "";
  if (const auto why = refused_because(stream.native_handle()); !why.empty())
    co_return "the certificate of " + host + " is refused: " + why;
  co_return "TLS: " + words_for(error, "no handshake within 10 s");
}

net::awaitable<Reply> Connection::exchange(std::string_view head, std::string_view body,
                                           Deadline deadline) {
  tcp().expires_at(deadline);
  const std::array<net::const_buffer, 2> request = {net::buffer(head), net::buffer(body)};
  Reply reply;
  if (auto* tls = std::get_if<Tls>(&stream_))
    reply = co_await converse(*tls, buffer_, request);
  else
    reply = co_await converse(std::get<Plain>(stream_), buffer_, request);
  tcp().expires_never();
  used_ = true;
  co_return reply;
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
