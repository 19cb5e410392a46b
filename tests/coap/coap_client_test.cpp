// SPDX-License-Identifier: Apache-2.0
// Against libcoap's own command line client (Debian: libcoap3-bin).
#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "coap/server.h"
#include "support/temp_directory.h"

using namespace lamppost;
using namespace lamppost::coap;

namespace {

std::string client_program() {
  for (const auto* name : {"coap-client-openssl", "coap-client-notls", "coap-client"})
    for (const auto* folder : {"/usr/bin/", "/usr/local/bin/"})
      if (::access((std::string(folder) + name).c_str(), X_OK) == 0)
        return std::string(folder) + name;
  FAIL("coap-client is missing: apt-get install libcoap3-bin");
  return "";
}

class TempFile {
 public:
  explicit TempFile(const std::string& contents) {
    std::ofstream(path_, std::ios::binary) << contents;
  }
  const std::string& path() const { return path_; }

 private:
  TempDirectory directory_;
  std::string path_ = (directory_ / "payload").string();
};

// Output and errors of coap-client with these arguments and the URI of `path`.
std::string coap_client(const Server& server, const std::string& arguments,
                        const std::string& path) {
  const auto command = client_program() + " -B 5 " + arguments +
                       " 'coap://127.0.0.1:" + std::to_string(server.source.port()) + "/" + path +
                       "' 2>&1";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 4096> buffer;
  while (const auto size = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
    output.append(buffer.data(), size);
  return output;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("coap-client: POST and PUT, confirmable and not, are readings") {
  Server server;
  CHECK(
      contains(coap_client(server, "-v 6 -m post -t json -e '{\"t\":1}'", "air/s1/state"), "2.04"));
  CHECK(contains(coap_client(server, "-v 6 -m put -t cbor -e 1", "meters/a/b"), "2.04"));
  CHECK(contains(coap_client(server, "-v 6 -N -m post -e 2", "weather"), "2.04"));
  const auto readings = server.notebook.readings();
  REQUIRE(readings.size() == 3);
  CHECK(readings[0].topic == "air/s1/state");
  CHECK(readings[0].payload == "{\"t\":1}");
  CHECK(readings[0].content_type == "application/json");
  CHECK(readings[1].topic == "meters/a/b");
  CHECK(readings[1].content_type == "application/cbor");
  CHECK(readings[2].topic == "weather");
  CHECK(readings[2].payload == "2");
}

TEST_CASE("coap-client: a file of ten thousand bytes arrives whole, in blocks of any size") {
  std::string body;
  for (int i = 0; body.size() < 10'000; ++i) body += std::to_string(i) + ',';
  const TempFile file(body);
  for (const auto* block : {"-b 16", "-b 64", "-b 256", "-b 1024", ""}) {
    Server server;
    coap_client(server, std::string(block) + " -m post -f " + file.path(), "weather");
    REQUIRE(server.notebook.readings().size() == 1);
    CHECK(server.notebook.readings()[0].payload == body);
  }
}

TEST_CASE("coap-client: a file over the limit is 4.13") {
  const TempFile file(std::string(64 * 1024 + 1, 'x'));
  Server server;
  CHECK(contains(coap_client(server, "-m post -f " + file.path(), "weather"), "4.13"));
  CHECK(server.notebook.readings().empty());
}

TEST_CASE("coap-client: reasons are shown to the person who sent it") {
  Server server;
  CHECK(contains(coap_client(server, "-m post -e 1", "elsewhere"),
                 "4.04 no mapping takes this path"));
  CHECK(contains(coap_client(server, "-m get", "weather"), "4.05 send readings with POST or PUT"));
  server.notebook.answer_with(Disposition::kDead, "/t: not a number");
  CHECK(contains(coap_client(server, "-m post -e 1", "weather"), "4.00 /t: not a number"));
  server.notebook.answer_with(Disposition::kRefused, "outbox full");
  CHECK(contains(coap_client(server, "-m post -e 1", "weather"), "5.03 outbox full"));
}

TEST_CASE(
    "coap-client: percent-encoding in a path is undone, what would forge a topic is refused") {
  Server server;
  coap_client(server, "-m post -e 1", "meters/caf%C3%A9%20noir");
  REQUIRE(server.notebook.readings().size() == 1);
  CHECK(server.notebook.readings()[0].topic == "meters/caf\xC3\xA9 noir");
  CHECK(contains(coap_client(server, "-m post -e 1", "meters/a%2Fb"),
                 "4.04 a path segment holds '/'"));
  CHECK(
      contains(coap_client(server, "-m post -e 1", "meters/%2B"), "4.04 a path segment holds '+'"));
}

TEST_CASE("coap-client: discovery lists every mapping, however many there are") {
  auto options = test_options();
  for (int i = 0; i < 200; ++i)
    options.paths.push_back({"fleet/" + std::to_string(i), "fleet/" + std::to_string(i)});
  Server server(options);
  const auto listing = coap_client(server, "-m get", ".well-known/core");
  CHECK(contains(listing, "</weather>;ct=\"0 50 60 110 112 11542 11543\";title=\"weather\","));
  CHECK(contains(listing,
                 "</air>;ct=\"0 50 60 110 112 11542 11543\";title=\"air/{station}/state\","));
  CHECK(contains(listing, "</fleet/0>;ct=\"0 50 60 110 112 11542 11543\";title=\"fleet/0\","));
  CHECK(contains(listing, "</fleet/199>;ct=\"0 50 60 110 112 11542 11543\";title=\"fleet/199\""));
}
