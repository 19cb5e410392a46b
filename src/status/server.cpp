// SPDX-License-Identifier: Apache-2.0
#include "status/server.h"

#include <unistd.h>

#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange without it

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <optional>

#include "status/doors.h"
#include "status/routes.h"

namespace lamppost::status {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Message = http::response<http::string_body>;

auto into(error_code& failed) { return net::redirect_error(net::use_awaitable, failed); }

// What a bad request is told; nothing when nobody is there to be told.
std::optional<Response> refusal(const error_code& failed) {
  if (failed == http::error::header_limit || failed == http::error::buffer_overflow)
    return error_response(431, "the header is too large");
  if (failed == http::error::body_limit) return error_response(413, "the body is too large");
  const bool gone = failed == http::error::end_of_stream || failed == http::error::partial_message;
  if (gone || failed.category() != http::make_error_code(http::error::end_of_stream).category())
    return {};
  return error_response(400, "this is no HTTP request: " + failed.message());
}

Message to_message(Response response, bool with_body) {
  Message message{static_cast<http::status>(response.status), 11};
  message.set(http::field::server, "lamppost");
  message.set(http::field::content_type, response.content_type);
  message.set(http::field::cache_control, "no-store");
  message.set("X-Content-Type-Options", "nosniff");
  message.set(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'");
  if (response.status == 405) message.set(http::field::allow, "GET, HEAD, POST");
  message.keep_alive(false);
  message.content_length(response.body.size());
  if (with_body) message.body() = std::move(response.body);
  return message;
}

template <typename Protocol>
struct Door {
  explicit Door(net::io_context& io) : acceptor(io), wait(io) {}
  typename Protocol::acceptor acceptor;
  net::steady_timer wait;  // of the accepting coroutine, for room or for better times
  std::size_t connections = 0;
  bool failing = false;
};

}  // namespace

struct Server::Core : std::enable_shared_from_this<Core> {
  Core(net::io_context& context, Handler answer_with, const Log& log_to, Limits bounds)
      : io(context),
        handler(std::move(answer_with)),
        log(log_to),
        limits(bounds),
        tcp(context),
        local(context) {}

  template <typename Protocol>
  void open(Door<Protocol>& door, typename Protocol::acceptor acceptor);
  template <typename Protocol>
  net::awaitable<void> accept_all(Door<Protocol>& door);
  template <typename Protocol>
  net::awaitable<void> pause(Door<Protocol>& door, const error_code& failed);
  template <typename Protocol>
  net::awaitable<void> converse(typename Protocol::socket socket);
  Response answer(const Request& request) const;
  void stop();

  net::io_context& io;
  Handler handler;
  const Log& log;
  const Limits limits;
  Door<Tcp> tcp;
  Door<Local> local;
  std::filesystem::path path;  // of the control socket, "" before listen_unix()
  // How to cut each connection; a coroutine takes itself out when it ends.
  std::map<std::uint64_t, std::function<void()>> cuts;
  std::uint64_t next_connection = 0;
  bool stopped = false;
};

// The accepting coroutine owns the Core, so `door` outlives it.
template <typename Protocol>
void Server::Core::open(Door<Protocol>& door, typename Protocol::acceptor acceptor) {
  door.acceptor = std::move(acceptor);
  net::co_spawn(
      io,
      [self = shared_from_this(), &door]() -> net::awaitable<void> {
        co_await self->accept_all(door);
      },
      net::detached);
}

template <typename Protocol>
net::awaitable<void> Server::Core::accept_all(Door<Protocol>& door) {
  while (!stopped) {
    error_code failed;
    if (door.connections >= limits.connections) {
      door.wait.expires_at(net::steady_timer::time_point::max());
      co_await door.wait.async_wait(into(failed));
      continue;
    }
    typename Protocol::socket socket(io);
    co_await door.acceptor.async_accept(socket, into(failed));
    if (stopped) co_return;
    if (failed) {
      co_await pause(door, failed);
      continue;
    }
    door.failing = false;
    ++door.connections;
    net::co_spawn(
        io,
        [self = shared_from_this(), open = std::move(socket)]() mutable {
          return self->template converse<Protocol>(std::move(open));
        },
        [self = shared_from_this(), &door](const std::exception_ptr&) {
          --door.connections;
          door.wait.cancel();
        });
  }
}

// Out of file descriptors, mostly: trying again at once would only burn the processor.
template <typename Protocol>
net::awaitable<void> Server::Core::pause(Door<Protocol>& door, const error_code& failed) {
  if (!door.failing) log.warning("status: cannot accept connections: " + failed.message());
  door.failing = true;
  error_code ignored;
  door.wait.expires_after(std::chrono::milliseconds(200));
  co_await door.wait.async_wait(into(ignored));
}

// One request, one answer. Every await shares one deadline, so a slow client costs no more than
// limits.time.
template <typename Protocol>
net::awaitable<void> Server::Core::converse(typename Protocol::socket socket) {
  const auto self = shared_from_this();
  if (stopped) co_return;  // between its accept and now: nobody would cut it
  beast::basic_stream<Protocol> stream(std::move(socket));
  const auto id = next_connection++;
  cuts[id] = [&stream] { stream.close(); };
  const std::unique_ptr<Core, std::function<void(Core*)>> leave(
      this, [id](Core* core) { core->cuts.erase(id); });
  stream.expires_after(limits.time);

  beast::flat_buffer buffer(limits.header_bytes + 4096);
  http::request_parser<http::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  parser.body_limit(limits.body_bytes);
  error_code failed;
  co_await http::async_read(stream, buffer, parser, into(failed));

  auto response = refusal(failed);
  const auto& asked = parser.get();
  if (!failed)
    response = answer({std::string(asked.method_string()), std::string(asked.target()),
                       asked.body(), std::is_same_v<Protocol, Local>});
  if (!response) co_return;
  auto message = to_message(std::move(*response), failed || asked.method() != http::verb::head);
  error_code cut;
  co_await http::async_write(stream, message, into(cut));
  stream.socket().shutdown(net::socket_base::shutdown_send, cut);

  // Closing with unread bytes would reset the connection and may take the answer with it.
  char rest[1024];
  while (failed && !cut) co_await stream.async_read_some(net::buffer(rest), into(cut));
}

Response Server::Core::answer(const Request& request) const {
  if (request.method != "GET" && request.method != "HEAD" && request.method != "POST")
    return error_response(405, "use GET, HEAD or POST");
  try {
    return handler(request);
  } catch (const std::exception& fault) {
    log.error("status: " + printable(request.method + " " + request.target) + ": " + fault.what());
    return error_response(500, fault.what());
  }
}

void Server::Core::stop() {
  if (stopped) return;
  stopped = true;
  // Before the close: a successor that finds nobody answering may already put its own there.
  if (!path.empty()) ::unlink(path.c_str());
  error_code ignored;
  tcp.acceptor.close(ignored);
  local.acceptor.close(ignored);
  tcp.wait.cancel();
  local.wait.cancel();
  for (const auto& [id, cut] : cuts) cut();
}

Server::Server(net::io_context& io, Handler handler, const Log& log, Limits limits)
    : core_(std::make_shared<Core>(io, std::move(handler), log, limits)) {}

Server::~Server() { core_->stop(); }

void Server::listen_tcp(const std::string& address) {
  core_->open(core_->tcp, open_tcp(core_->io, address));
}

void Server::listen_unix(const std::filesystem::path& path) {
  core_->open(core_->local, open_unix(core_->io, path));
  core_->path = path;
}

int Server::port() const {
  error_code failed;
  const auto endpoint = core_->tcp.acceptor.local_endpoint(failed);
  return failed ? 0 : endpoint.port();
}

void Server::stop() { core_->stop(); }

}  // namespace lamppost::status
