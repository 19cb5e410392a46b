// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <fstream>
#include <vector>

#include "status/running_server.h"
#include "support/temp_directory.h"

using namespace lamppost;
using namespace lamppost::status;
namespace fs = std::filesystem;

namespace {

constexpr int kPatienceMs = 60'000;  // a busy machine is no fault of the server

}  // namespace

TEST_CASE("control socket: ask() gets the answer, and the handler knows the door") {
  TempDirectory dir;
  Running on;
  on.server.listen_unix(dir / "control.sock");
  on.start();
  const auto answer = ask(dir / "control.sock", {"POST", "/x", "body"}, kPatienceMs);
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "text/plain");
  CHECK(answer.body == "POST /x body control");
  CHECK(ask(dir / "control.sock", {"HEAD", "/x", ""}, kPatienceMs).status == 200);
  struct stat seen {};
  REQUIRE(stat((dir / "control.sock").c_str(), &seen) == 0);
  CHECK((seen.st_mode & 0777) == 0660);
}

TEST_CASE("control socket: large answers arrive whole") {
  TempDirectory dir;
  Running on({}, [](const Request&) {
    return Response{200, "text/plain", std::string(3'000'000, 'x')};
  });
  on.server.listen_unix(dir / "control.sock");
  on.start();
  const auto answer = ask(dir / "control.sock", {"GET", "/", ""}, kPatienceMs);
  CHECK(answer.status == 200);
  CHECK(answer.body.size() == 3'000'000);
  CHECK(answer.body.find_first_not_of('x') == std::string::npos);
}

TEST_CASE("control socket: a busy page does not lock out the commands") {
  TempDirectory dir;
  Running on;
  on.server.listen_tcp("127.0.0.1:0");
  on.server.listen_unix(dir / "control.sock");
  on.start();
  std::vector<tcp::socket> busy;
  for (int i = 0; i < 20; ++i) busy.push_back(on.connect());
  CHECK(ask(dir / "control.sock", {"GET", "/", ""}, kPatienceMs).status == 200);
}

TEST_CASE("control socket: a stale one is replaced, a live one is refused") {
  TempDirectory dir;
  const auto path = dir / "control.sock";
  {
    net::io_context io;
    net::local::stream_protocol::acceptor dead(io, path.string());  // leaves its file behind
  }
  REQUIRE(fs::exists(path));
  CHECK(ask(path, {"GET", "/", ""}, kPatienceMs).body ==
        "no daemon is running (" + path.string() + ")");

  Running first;
  first.server.listen_unix(path);
  first.start();
  CHECK(ask(path, {"GET", "/", ""}, kPatienceMs).status == 200);

  net::io_context io;
  Server second(io, echo, quiet);
  CHECK(config_error([&] { second.listen_unix(path); }) ==
        path.string() + ": another lamppost is running here");
  CHECK(ask(path, {"GET", "/", ""}, kPatienceMs).status == 200);
}

TEST_CASE("control socket: it goes with the server and takes nothing else along") {
  TempDirectory dir;
  const auto path = dir / "control.sock";
  {
    Running on;
    on.server.listen_unix(path);
    on.start();
  }
  CHECK_FALSE(fs::exists(path));
  std::ofstream(path) << "a file of somebody";
  net::io_context io;
  Server server(io, echo, quiet);
  CHECK(config_error([&] { server.listen_unix(path); }) ==
        path.string() + ": is in the way and no socket");
  CHECK(fs::file_size(path) == 18);
}

TEST_CASE("control socket: a path that cannot be is refused with its reason") {
  TempDirectory dir;
  net::io_context io;
  Server server(io, echo, quiet);
  const auto longest = dir / std::string(120, 'x').c_str();
  CHECK(config_error([&] { server.listen_unix(longest); }).find("too long") != std::string::npos);
  const auto nowhere = dir / "no/control.sock";
  CHECK(config_error([&] { server.listen_unix(nowhere); }) ==
        nowhere.string() + ": No such file or directory");
}

TEST_CASE("ask: a daemon that does not answer is given up in time") {
  TempDirectory dir;
  const auto path = dir / "control.sock";
  net::io_context io;
  net::local::stream_protocol::acceptor deaf(io, path.string());  // accepts nobody
  const auto none = dir / "none.sock";
  CHECK(ask(none, {"GET", "/", ""}, kPatienceMs).body ==
        "no daemon is running (" + none.string() + ")");
  const auto answer = ask(path, {"GET", "/", ""}, 50);
  CHECK(answer.status == 0);
  CHECK(answer.body == "the daemon does not answer (" + path.string() + ")");
}
