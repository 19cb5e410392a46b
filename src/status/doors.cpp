// SPDX-License-Identifier: Apache-2.0
#include "status/doors.h"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <charconv>

#include "core/finding.h"

namespace lamppost::status {
namespace {

namespace fs = std::filesystem;
using boost::system::error_code;

constexpr std::size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;
constexpr int kBacklog = 64;

[[noreturn]] void refuse(const std::string& door, const std::string& reason) {
  throw ConfigError(door + ": " + reason);
}

// "host:port", where an IPv6 host stands in brackets.
Tcp::endpoint parse_endpoint(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0)
    refuse(address, "is no address; write \"127.0.0.1:9180\"");
  auto host = address.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";

  std::uint16_t port = 0;
  const char* end = address.data() + address.size();
  const auto number = std::from_chars(address.data() + colon + 1, end, port);
  if (number.ec != std::errc() || number.ptr != end)
    refuse(address, "has no port between 0 and 65535 after the last colon");
  error_code failed;
  const auto ip = boost::asio::ip::make_address(host, failed);
  if (failed) refuse(address, "\"" + host + "\" is no IP address");
  return {ip, port};
}

bool somebody_answers(boost::asio::io_context& io, const fs::path& path) {
  Local::socket probe(io);
  error_code failed;
  probe.connect(Local::endpoint(path.string()), failed);
  return !failed;
}

void make_way(boost::asio::io_context& io, const fs::path& path) {
  error_code failed;
  struct stat seen {};
  if (lstat(path.c_str(), &seen) != 0) return;
  if (!S_ISSOCK(seen.st_mode)) refuse(path, "is in the way and no socket");
  if (somebody_answers(io, path)) refuse(path, "another lamppost is running here");
}

void must(const error_code& failed, const std::string& door) {
  if (failed) refuse(door, failed.message());
}

}  // namespace

Tcp::acceptor open_tcp(boost::asio::io_context& io, const std::string& address) {
  const auto endpoint = parse_endpoint(address);
  Tcp::acceptor acceptor(io);
  error_code failed;
  acceptor.open(endpoint.protocol(), failed);
  must(failed, address);
  acceptor.set_option(Tcp::acceptor::reuse_address(true), failed);
  must(failed, address);
  acceptor.bind(endpoint, failed);
  must(failed, address);
  acceptor.listen(kBacklog, failed);
  must(failed, address);
  return acceptor;
}

Local::acceptor open_unix(boost::asio::io_context& io, const fs::path& path) {
  // Bound under a name beside it and renamed when it is ready: nobody meets a socket that does not
  // listen yet or has the mode of a careless umask, and a stale one is replaced without a gap.
  const std::string fresh = path.string() + ".new";
  if (fresh.size() > kLongestPath)
    refuse(path, "is too long for a socket (" + std::to_string(kLongestPath - 4) + " bytes)");
  make_way(io, path);
  ::unlink(fresh.c_str());

  Local::acceptor acceptor(io);
  error_code failed;
  acceptor.open(Local(), failed);
  must(failed, path);
  acceptor.bind(Local::endpoint(fresh), failed);
  must(failed, path);
  const bool moded = ::chmod(fresh.c_str(), 0660) == 0;
  if (moded) acceptor.listen(kBacklog, failed);
  if (!moded || failed || ::rename(fresh.c_str(), path.c_str()) != 0) {
    const auto reason = failed ? failed : error_code(errno, boost::system::system_category());
    ::unlink(fresh.c_str());
    refuse(path, reason.message());
  }
  return acceptor;
}

}  // namespace lamppost::status
