// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/listen.h"

#include <doctest/doctest.h>

#include "core/finding.h"

using namespace lamppost;
using namespace lamppost::coap;

namespace {

std::string heard(const std::string& url) { return parse_listen("field", url).host_and_port(); }

std::string complaint(const std::string& url) {
  try {
    return "fine: " + heard(url);
  } catch (const ConfigError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("listen: addresses with and without port") {
  CHECK(heard("coap://[::]:5683") == "[::]:5683");
  CHECK(heard("coap://[::]") == "[::]:5683");
  CHECK(heard("coap://[::1]:0/") == "[::1]:0");
  CHECK(heard("coap://127.0.0.1:15683") == "127.0.0.1:15683");
  CHECK(heard("coap://0.0.0.0") == "0.0.0.0:5683");
}

TEST_CASE("listen: what cannot be listened on says what to write instead") {
  CHECK(
      complaint("coaps://[::]:5684") ==
      "coap source \"field\": coaps://[::]:5684: DTLS is not available in this version; listen on "
      "a coap:// address");
  CHECK(complaint("http://[::]:80") ==
        "coap source \"field\": \"http://[::]:80\" is no address to listen on; write "
        "coap://[::]:5683 or coap://192.0.2.1:5683, with a numeric host");
  for (const auto* url : {"coap://", "coap://[::", "coap://[::]5683", "coap://127.0.0.1:65536",
                          "coap://127.0.0.1:", "coap://127.0.0.1:x", "coap://sensor.example:5683",
                          "coap://:5683", "coap://127.0.0.1:5683/path", ""})
    CHECK_MESSAGE(complaint(url).find("is no address to listen on") != std::string::npos, url);
}

TEST_CASE("listen: a claim fills in a free port and leaves it free") {
  auto address = parse_listen("field", "coap://127.0.0.1:0");
  claim("field", address);
  CHECK(address.port() != 0);
  auto again = parse_listen("field", "coap://" + address.host_and_port());
  CHECK_NOTHROW(claim("field", again));
}
