// SPDX-License-Identifier: Apache-2.0
// The local HTTP server: the same small routes on a TCP address (page, metrics, health) and on the
// control socket (also what commands ask of a running daemon). GET, HEAD and POST of HTTP/1.1, one
// request a connection. A fault is answered as {"error": text}. Bounded by Limits; a connection
// beyond them waits in the kernel until another has ended.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/log.h"

namespace lamppost::status {

struct Request {
  std::string method, target, body;
  // Came in over the control socket, whose file mode has decided who may. Only such a request may
  // change anything: a TCP port can be reached by every page in a browser on this machine.
  bool from_control_socket = false;
};
struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};
// May throw; the server then answers 500 and logs it.
using Handler = std::function<Response(const Request&)>;

struct Limits {
  std::size_t connections = 16;  // on each door, so that a busy page never locks out the commands
  std::size_t header_bytes = std::size_t{8} << 10;
  std::size_t body_bytes = std::size_t{16} << 10;
  std::chrono::milliseconds time{10'000};  // of a connection, from accept to close
};

// Lives on the io_context's thread.
class Server {
 public:
  Server(boost::asio::io_context& io, Handler handler, const Log& log, Limits limits = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  // "127.0.0.1:9180", "[::1]:9180" or "localhost:9180"; port 0 takes a free one. Throws ConfigError
  // when it cannot be bound.
  void listen_tcp(const std::string& address);
  // Mode 0660; a stale socket of a dead daemon is replaced, a live one is refused with ConfigError.
  void listen_unix(const std::filesystem::path& path);
  int port() const;  // of listen_tcp(), 0 before
  // Closes the doors and cuts what is under way. The destructor does it too.
  void stop();

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

// One request to a control socket, for the commands. status 0 with the reason in body when no
// daemon answers. Blocks at most `timeout_ms`. An answer may have 64 MiB.
Response ask(const std::filesystem::path& socket, const Request& request, int timeout_ms = 5000);

}  // namespace lamppost::status
