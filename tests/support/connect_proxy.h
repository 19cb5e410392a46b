// SPDX-License-Identifier: Apache-2.0
// A proxy for tests that opens tunnels and does nothing else (CONNECT, RFC 9110, 9.3.6). Whatever
// host it is asked for, its tunnels lead to one loopback port. It runs in its own thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace lamppost {

// Thread-safe. The proxy and its tunnels end with the object.
class ConnectProxy {
 public:
  explicit ConnectProxy(int leads_to);
  ~ConnectProxy();

  std::string address() const;  // 127.0.0.1:port

  // What it says to a CONNECT; "" = nothing, it closes. At first "HTTP/1.1 200 Open\r\n\r\n".
  void answer(std::string text);

  std::vector<std::string> heads() const;  // of the CONNECT requests, line ends included
  std::string carried() const;             // what all clients have sent through their tunnels

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

}  // namespace lamppost
