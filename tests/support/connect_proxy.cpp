// SPDX-License-Identifier: Apache-2.0
#include "support/connect_proxy.h"

#include <utility>

// After <utility>, which Boost 1.74's awaitable.hpp forgets to include.
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <mutex>
#include <thread>

namespace lamppost {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

constexpr std::size_t kMaxHead = 16384;

auto into(error_code& error) { return net::redirect_error(net::use_awaitable, error); }

// The two ends of a tunnel.
struct Ends {
  explicit Ends(tcp::socket accepted)
      : client(std::move(accepted)), server(client.get_executor()) {}
  tcp::socket client, server;
  void close() {
    error_code ignored;
    client.close(ignored);
    server.close(ignored);
  }
};

}  // namespace

struct ConnectProxy::Server {
  explicit Server(int port) : leads_to(port) {
    net::co_spawn(
        io, [this] { return accept(); }, net::detached);
    thread = std::thread([this] { io.run(); });
  }
  ~Server() {
    io.stop();
    thread.join();
  }

  net::awaitable<void> accept() {
    for (;;) {
      error_code error;
      tcp::socket socket(io);
      co_await acceptor.async_accept(socket, into(error));
      if (error) co_return;
      auto ends = std::make_shared<Ends>(std::move(socket));
      net::co_spawn(
          io, [this, ends] { return open(ends); }, net::detached);
    }
  }

  net::awaitable<void> open(std::shared_ptr<Ends> ends) {
    std::string head;
    error_code error;
    co_await net::async_read_until(ends->client, net::dynamic_buffer(head, kMaxHead), "\r\n\r\n",
                                   into(error));
    if (error) co_return;
    const std::string words = note(std::move(head));
    co_await net::async_write(ends->client, net::buffer(words), into(error));
    const tcp::endpoint broker(net::ip::address_v4::loopback(),
                               static_cast<unsigned short>(leads_to));
    if (!error && !words.empty()) co_await ends->server.async_connect(broker, into(error));
    if (error || words.empty()) co_return ends->close();
    net::co_spawn(
        io, [this, ends] { return relay(ends, ends->server, ends->client, false); }, net::detached);
    co_await relay(ends, ends->client, ends->server, true);
  }

  net::awaitable<void> relay(std::shared_ptr<Ends> ends, tcp::socket& from, tcp::socket& to,
                             bool of_client) {
    std::array<char, 8192> bytes{};
    for (error_code error; !error;) {
      const auto count = co_await from.async_read_some(net::buffer(bytes), into(error));
      if (of_client) listen_to({bytes.data(), count});
      if (!error) co_await net::async_write(to, net::buffer(bytes, count), into(error));
    }
    ends->close();
  }

  std::string note(std::string head) {
    const std::lock_guard lock(mutex);
    heads.push_back(std::move(head));
    return answer;
  }
  void listen_to(std::string_view text) {
    const std::lock_guard lock(mutex);
    carried += text;
  }

  const int leads_to;
  net::io_context io{1};
  tcp::acceptor acceptor{io, {net::ip::address_v4::loopback(), 0}};
  std::mutex mutex;
  std::string answer = "HTTP/1.1 200 Open\r\n\r\n", carried;
  std::vector<std::string> heads;
  std::thread thread;
};

ConnectProxy::ConnectProxy(int leads_to) : server_(std::make_unique<Server>(leads_to)) {}

ConnectProxy::~ConnectProxy() = default;

std::string ConnectProxy::address() const {
  return "127.0.0.1:" + std::to_string(server_->acceptor.local_endpoint().port());
}

void ConnectProxy::answer(std::string text) {
  const std::lock_guard lock(server_->mutex);
  server_->answer = std::move(text);
}

std::vector<std::string> ConnectProxy::heads() const {
  const std::lock_guard lock(server_->mutex);
  return server_->heads;
}

std::string ConnectProxy::carried() const {
  const std::lock_guard lock(server_->mutex);
  return server_->carried;
}

}  // namespace lamppost
