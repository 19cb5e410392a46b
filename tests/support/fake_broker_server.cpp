// SPDX-License-Identifier: Apache-2.0
#include "support/fake_broker_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <sstream>

namespace lamppost {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using net::ip::tcp;
using Parser = http::request_parser<http::string_body>;

constexpr std::size_t kMaxHeader = 16384;
constexpr const char* kHalfAnAnswer = "HTTP/1.1 201 Created\r\nContent-Length: 900\r\n\r\n[\"urn:";

auto into(error_code& error) { return net::redirect_error(net::use_awaitable, error); }

SeenRequest seen(Parser& parser, int connection) {
  SeenRequest request;
  auto& message = parser.get();
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message)
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  request.body = std::move(message.body());
  request.connection = connection;
  return request;
}

// RFC 9110, 8.6: no Content-Length with 204.
std::string text_of(const Reply& reply) {
  std::ostringstream text;
  text << "HTTP/1.1 " << reply.status << " As Told\r\n";
  for (const auto& [name, value] : reply.headers) text << name << ": " << value << "\r\n";
  if (reply.status >= 200 && reply.status != 204)
    text << "Content-Type: application/json\r\nContent-Length: " << reply.body.size() << "\r\n";
  text << "\r\n" << reply.body;
  return text.str();
}

template <typename Stream>
net::awaitable<bool> write(Stream& stream, std::string text) {
  error_code error;
  co_await net::async_write(stream, net::buffer(text), into(error));
  co_return !error;
}

template <typename Stream>
net::awaitable<void> trickle(Stream& stream) {
  net::steady_timer pause(stream.get_executor());
  bool open = co_await write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
  while (open) {
    error_code ignored;
    pause.expires_after(std::chrono::milliseconds(2));
    co_await pause.async_wait(into(ignored));
    open = co_await write(stream, " ");
  }
}

// Holds the connection until the client gives up or the server ends.
template <typename Stream>
net::awaitable<void> stay_silent(Stream& stream) {
  char byte = 0;
  error_code closed;
  co_await stream.async_read_some(net::buffer(&byte, 1), into(closed));
}

// True when the connection goes on.
template <typename Stream>
net::awaitable<bool> play(Stream& stream, const Reply& reply) {
  switch (reply.manner) {
    case Manner::kAnswer:
      co_return co_await write(stream, text_of(reply));
    case Manner::kAnswerThenClose:
      (void)co_await write(stream, text_of(reply));
      break;
    case Manner::kCloseInsideHeader:
      (void)co_await write(stream, "HTTP/1.1 204 No Co");
      break;
    case Manner::kCloseInsideBody:
      (void)co_await write(stream, kHalfAnAnswer);
      break;
    case Manner::kStopInsideBody:
      (void)co_await write(stream, kHalfAnAnswer);
      co_await stay_silent(stream);
      break;
    case Manner::kSilence:
      co_await stay_silent(stream);
      break;
    case Manner::kTrickle:
      co_await trickle(stream);
      break;
    case Manner::kResetWhileReading:
    case Manner::kStoreButNeverAnswer:
    case Manner::kCloseUnanswered:
      break;
  }
  co_return false;
}

tcp::socket& socket_of(tcp::socket& plain) { return plain; }
tcp::socket& socket_of(net::ssl::stream<tcp::socket>& tls) { return tls.next_layer(); }

}  // namespace

FakeBroker::Server::Server(Options settings)
    : options(std::move(settings)), store(options.profile) {
  if (!options.cert_file.empty()) {
    tls.emplace(net::ssl::context::tls_server);
    tls->use_certificate_chain_file(options.cert_file);
    tls->use_private_key_file(options.key_file, net::ssl::context::pem);
    if (!options.client_ca_file.empty()) {
      tls->load_verify_file(options.client_ca_file);
      tls->set_verify_mode(net::ssl::verify_peer | net::ssl::verify_fail_if_no_peer_cert);
    }
  }
  const tcp::endpoint address(net::ip::make_address(options.address), options.port);
  acceptor.open(address.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(address);
  acceptor.listen();
  port = acceptor.local_endpoint().port();
  net::co_spawn(
      io, [this] { return accept(); }, net::detached);
  thread = std::thread([this] { io.run(); });
}

FakeBroker::Server::~Server() {
  io.stop();
  thread.join();
}

net::awaitable<void> FakeBroker::Server::accept() {
  for (int number = 1;; ++number) {
    error_code error;
    tcp::socket socket(io);
    co_await acceptor.async_accept(socket, into(error));
    if (error) co_return;
    auto shared = std::make_shared<tcp::socket>(std::move(socket));
    net::co_spawn(
        io, [this, shared, number] { return serve(std::move(*shared), number); }, net::detached);
  }
}

net::awaitable<void> FakeBroker::Server::serve(tcp::socket socket, int number) {
  error_code error;
  socket.set_option(tcp::no_delay(true), error);
  if (!tls) {
    co_await converse(socket, number);
    co_return;
  }
  net::ssl::stream<tcp::socket> stream(std::move(socket), *tls);
  co_await stream.async_handshake(net::ssl::stream_base::server, into(error));
  if (!error) co_await converse(stream, number);
}

template <typename Stream>
net::awaitable<void> FakeBroker::Server::converse(Stream& stream, int number) {
  boost::beast::flat_buffer buffer;
  for (bool open = true; open;) {
    Parser parser;
    parser.header_limit(kMaxHeader);
    parser.body_limit(options.max_body);
    error_code error;
    co_await http::async_read_header(stream, buffer, parser, into(error));
    if (error == http::error::body_limit) {
      const Reply refusal = too_large();  // named: g++ 12 loses temporaries of aggregates here
      (void)co_await lamppost::write(stream, text_of(refusal));
    }
    if (error) co_return;
    if (resets_next()) {
      socket_of(stream).set_option(net::socket_base::linger(true, 0), error);
      co_return socket_of(stream).close();
    }
    co_await http::async_read(stream, buffer, parser, into(error));
    if (error) co_return;

    Reply reply;
    {
      const std::lock_guard lock(mutex);
      auto request = seen(parser, number);
      const auto told = scripted(request);
      const bool works = !told || told->manner == Manner::kStoreButNeverAnswer;
      if (works) reply = as_a_broker(request);
      if (told) reply = *told;
      // Looking is no request to a broker, unless a test has an answer for it.
      if (!options.forgetful && (request.method != "GET" || told))
        requests.push_back(std::move(request));
    }
    open = co_await play(stream, reply);
  }
}

}  // namespace lamppost
