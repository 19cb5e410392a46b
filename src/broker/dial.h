// SPDX-License-Identifier: Apache-2.0
// From a name to a TCP connection, after RFC 8305 ("happy eyeballs"): IPv6 and IPv4 addresses take
// turns, the next one starts when the last has failed or has not answered within 250 ms, and the
// first connection that stands wins. Names are looked up each time: their answers change.
#pragma once

#include "broker/awaitable.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lamppost::broker {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

// The families take turns, the first address stays first (RFC 8305, 4).
Endpoints interleaved(const Endpoints& found);

// Lives on the io_context's thread. One call at a time.
class Dial {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  explicit Dial(boost::asio::io_context& io) : io_(io) {}

  // nullopt with `fault` in words after at most 5 s for the name and 10 s for all addresses.
  boost::asio::awaitable<std::optional<Socket>> connect(const std::string& host,
                                                        const std::string& port,
                                                        std::string& fault);
  boost::asio::awaitable<std::optional<Socket>> race(Endpoints targets, std::string& fault);
  // Ends the call under way.
  void cut();

 private:
  struct Lookup;
  struct Race;
  boost::asio::awaitable<Endpoints> look_up(const std::string& host, const std::string& port,
                                            std::string& fault);

  boost::asio::io_context& io_;
  // Shared with handlers that may come late.
  std::shared_ptr<Lookup> lookup_;
  std::shared_ptr<Race> race_;
};

}  // namespace lamppost::broker
