// SPDX-License-Identifier: Apache-2.0
// The inside of FakeBroker: what is shared between its thread and the test.
#pragma once

#include <utility>

// After <utility>, which Boost 1.74's awaitable.hpp forgets to include.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <deque>
#include <mutex>
#include <thread>

#include "support/fake_broker.h"

namespace lamppost {

struct FakeBroker::Server {
  explicit Server(Options settings);
  ~Server();

  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket, int number);
  template <typename Stream>
  boost::asio::awaitable<void> converse(Stream& stream, int number);

  // The reply that rule or script has for this request, if any. For the manners that act before
  // the body is read, the request has none yet.
  std::optional<Reply> scripted(const SeenRequest& request);
  bool resets_next();
  Reply as_a_broker(const SeenRequest& request);
  Reply obey(const SeenRequest& request);
  Answered write(const SeenRequest& request, const Json& body);
  Reply too_large() const;

  Options options;
  boost::asio::io_context io{1};
  std::optional<boost::asio::ssl::context> tls;
  boost::asio::ip::tcp::acceptor acceptor{io};
  int port = 0;

  mutable std::mutex mutex;
  std::deque<Reply> script;
  Rule rule;
  EntityStore store;
  std::vector<SeenRequest> requests;
  std::vector<std::string> breaches;

  std::thread thread;
};

}  // namespace lamppost
