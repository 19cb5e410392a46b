// SPDX-License-Identifier: Apache-2.0
// A real server on its own thread, for the tests that talk to it.
#pragma once

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>
#include <string>
#include <thread>

#include "core/finding.h"
#include "status/server.h"

namespace lamppost::status {

namespace net = boost::asio;
using net::ip::tcp;

inline const Log quiet([](LogLevel, std::string_view) {});

inline Response echo(const Request& request) {
  if (request.target == "/throw") throw std::runtime_error("handler fault");
  return {200, "text/plain",
          request.method + " " + request.target + " " + request.body +
              (request.from_control_socket ? " control" : " tcp")};
}

// A server on its own thread; stopped on that thread, as the daemon does it.
class Running {
 public:
  explicit Running(Limits limits = {}, Handler handler = echo)
      : server(io, std::move(handler), quiet, limits) {}
  void start() {
    thread_ = std::thread([this] { io.run(); });
  }
  ~Running() { stop(); }
  // Ends when the server's last coroutine has ended.
  void stop() {
    net::post(io, [this] { server.stop(); });
    if (thread_.joinable()) thread_.join();
  }
  tcp::socket connect() {
    tcp::socket socket(client_);
    socket.connect({net::ip::address_v4::loopback(), static_cast<std::uint16_t>(server.port())});
    const timeval patience{5, 0};
    setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return socket;
  }
  // Everything that comes back until the server closes.
  std::string exchange(const std::string& bytes) {
    auto socket = connect();
    boost::system::error_code failed;
    net::write(socket, net::buffer(bytes), failed);
    return read_all(socket);
  }
  static std::string read_all(tcp::socket& socket) {
    std::string text;
    boost::system::error_code failed;
    net::read(socket, net::dynamic_buffer(text), failed);
    CHECK_MESSAGE(failed == net::error::eof, failed.message());
    return text;
  }

  net::io_context io;
  Server server;

 private:
  net::io_context client_;
  std::thread thread_;
};

struct OnTcp : Running {
  explicit OnTcp(Limits limits = {}, Handler handler = echo) : Running(limits, handler) {
    server.listen_tcp("127.0.0.1:0");
    start();
  }
};

// What a ConfigError says, "" when there is none.
template <typename Action>
std::string config_error(Action action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

}  // namespace lamppost::status
