// SPDX-License-Identifier: Apache-2.0
// The local HTTP server: the same small routes on a TCP address (page, metrics, health) and on the
// control socket (also what commands ask of a running daemon). Bounded: 16 connections, 16 KiB
// requests, 10 s each.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/log.h"

namespace lamppost::status {

struct Request {
  std::string method, target, body;
};
struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};
using Handler = std::function<Response(const Request&)>;

// Lives on the io_context's thread.
class Server {
 public:
  Server(boost::asio::io_context& io, Handler handler, const Log& log);
  ~Server();
  // "127.0.0.1:9180"; port 0 takes a free one. Throws ConfigError when it cannot be bound.
  void listen_tcp(const std::string& address);
  // Mode 0660; a stale socket of a dead daemon is replaced, a live one is refused with ConfigError.
  void listen_unix(const std::filesystem::path& path);
  int port() const;
  void stop();

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

// One request to a control socket, for the commands. status 0 with the reason in body when no
// daemon answers. Blocks at most `timeout_ms`.
Response ask(const std::filesystem::path& socket, const Request& request, int timeout_ms = 5000);

}  // namespace lamppost::status
