// SPDX-License-Identifier: Apache-2.0
#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange without it

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "status/server.h"

namespace lamppost::status {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Local = net::local::stream_protocol;

constexpr std::uint64_t kLongestAnswer = std::uint64_t{64} << 20;

net::awaitable<Response> exchange(net::any_io_executor executor, Local::endpoint endpoint,
                                  Request request, std::chrono::milliseconds time) {
  beast::basic_stream<Local> stream(std::move(executor));
  stream.expires_after(time);
  co_await stream.async_connect(endpoint, net::use_awaitable);

  http::request<http::string_body> message{http::string_to_verb(request.method), request.target,
                                           11};
  message.set(http::field::host, "lamppost");
  message.body() = std::move(request.body);
  message.prepare_payload();
  co_await http::async_write(stream, message, net::use_awaitable);

  beast::flat_buffer buffer;
  buffer.reserve(std::size_t{64} << 10);  // Beast reads no more at once than there is room for
  http::response_parser<http::string_body> parser;
  parser.body_limit(kLongestAnswer);
  parser.skip(message.method() == http::verb::head);
  co_await http::async_read(stream, buffer, parser, net::use_awaitable);
  auto& answer = parser.get();
  co_return Response{static_cast<int>(answer.result_int()),
                     std::string(answer[http::field::content_type]), std::move(answer.body())};
}

// A sentence for the person who typed the command.
std::string reason(const std::filesystem::path& socket, const boost::system::error_code& failed) {
  namespace errc = boost::system::errc;
  const auto place = socket.string();
  if (failed == errc::no_such_file_or_directory || failed == errc::connection_refused)
    return "no daemon is running (" + place + ")";
  if (failed == errc::permission_denied)
    return "no permission to talk to the daemon (" + place +
           "): run it with sudo or join the group lamppost";
  if (failed == beast::error::timeout) return "the daemon does not answer (" + place + ")";
  return "the daemon cannot be asked (" + place + "): " + failed.message();
}

}  // namespace

Response ask(const std::filesystem::path& socket, const Request& request, int timeout_ms) {
  try {
    net::io_context io;
    Response response{0, "", "the daemon did not finish its answer"};
    net::co_spawn(io,
                  exchange(io.get_executor(), Local::endpoint(socket.string()), request,
                           std::chrono::milliseconds(timeout_ms)),
                  [&response](const std::exception_ptr& failure, Response answer) {
                    if (failure) std::rethrow_exception(failure);
                    response = std::move(answer);
                  });
    io.run();
    return response;
  } catch (const boost::system::system_error& failure) {
    return {0, "", reason(socket, failure.code())};
  }
}

}  // namespace lamppost::status
