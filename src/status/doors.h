// SPDX-License-Identifier: Apache-2.0
// Opening the two doors of the server at start-up. Both throw ConfigError with a sentence for the
// operator. Only server.cpp and doors.cpp include this.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <string>

namespace lamppost::status {

using Tcp = boost::asio::ip::tcp;
using Local = boost::asio::local::stream_protocol;

Tcp::acceptor open_tcp(boost::asio::io_context& io, const std::string& address);

// The socket appears under `path` in one step, listening and with its mode set.
Local::acceptor open_unix(boost::asio::io_context& io, const std::filesystem::path& path);

}  // namespace lamppost::status
