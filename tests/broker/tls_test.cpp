// SPDX-License-Identifier: Apache-2.0
// HTTPS: readings go only to a broker whose certificate is signed by whom we trust and carries the
// name we asked for.
#include <filesystem>
#include <fstream>

#include "broker/secure.h"

namespace lamppost {
namespace {

struct Secure : Road {
  explicit Secure(const std::string& server, const std::string& authority = "ca")
      : Secure(https(server), authority) {}
  Secure(FakeBroker::Options served, const std::string& authority) : Road(std::move(served)) {
    to.tls.ca_file = authority.empty() ? "" : certificates().file(authority + ".pem");
    to.min_tls = "1.2";
  }
};

}  // namespace

TEST_CASE("TLS: a certificate of the right authority for the right name") {
  Secure road("server");
  road.put("a", 1);
  road.deliver();
  road.put("a", 2);
  REQUIRE(road.until_empty());
  CHECK(road.lines.empty());
  for (const auto& request : road.city.requests()) CHECK(request.connection == 1);
}

TEST_CASE("TLS: the name may be an address when the certificate says so") {
  Secure road("server");
  road.to.url = "https://127.0.0.1:" + std::to_string(road.city.port());
  road.put("a");
  road.deliver();
  CHECK(road.lines.empty());
}

TEST_CASE("TLS: another authority is refused before a byte of a reading leaves") {
  Secure("server", "other-ca").check_kept("the certificate of localhost is refused");
}

TEST_CASE("TLS: the system's authorities do not know a private one") {
  Secure("server", "").check_kept("the certificate of localhost is refused");
}

TEST_CASE("TLS: the certificate of another host is refused") {
  Secure("stranger").check_kept("the certificate of localhost is refused: hostname mismatch");
}

TEST_CASE("TLS: a certificate that has run out is refused") {
  Secure("old").check_kept("certificate has expired");
}

TEST_CASE("TLS: version 1.3 can be demanded") {
  Secure road("server");
  road.to.min_tls = "1.3";
  road.put("a");
  road.deliver();
  CHECK(road.lines.empty());
}

TEST_CASE("TLS: a client certificate is shown when one is configured") {
  auto demanding = https("server");
  demanding.client_ca_file = certificates().file("ca.pem");
  Secure known(demanding, "ca");
  known.to.tls.cert_file = certificates().file("client.pem");
  known.to.tls.key_file = certificates().file("client.key");
  known.put("a");
  known.deliver();
  CHECK(known.lines.empty());

  Secure unknown(demanding, "ca");
  unknown.put("a");
  unknown.start();
  CHECK(unknown.until_said("keeping readings"));
  CHECK(unknown.outbox.queued() == 1);
}

TEST_CASE("TLS: a broken connection under TLS is as ambiguous as under TCP") {
  Secure road("server");
  road.city.script({{204, "", {}, Manner::kCloseInsideBody}, {204, "", {}, Manner::kSilence}});
  road.to.timeout = 200ms;
  road.put("a", 1);
  road.deliver();
  CHECK(road.city.requests().size() == 3);
  CHECK(road.dead().empty());
}

TEST_CASE("plain HTTP towards an HTTPS port, and the other way round, is named") {
  Secure plain("server");
  plain.to.url = "http://localhost:" + std::to_string(plain.city.port());
  plain.put("a");
  plain.start();
  CHECK(plain.until_said("keeping readings"));

  Road tls;
  tls.to.url = "https://localhost:" + std::to_string(tls.city.port());
  tls.put("a");
  tls.start();
  CHECK(tls.until_said("broker city: TLS: "));
}

TEST_CASE("TLS: files that change are taken up with the next request, unusable ones are not") {
  TempDirectory directory;
  const auto put_file = [&](const std::string& from, const std::string& to) {
    std::filesystem::copy_file(certificates().file(from), directory / to,
                               std::filesystem::copy_options::overwrite_existing);
  };
  put_file("ca.pem", "ca.pem");
  Secure road("server");
  road.to.tls.ca_file = (directory / "ca.pem").string();
  road.put("a", 1);
  road.deliver();
  std::ofstream(directory / "ca.pem") << "half a file";
  road.put("a", 2);
  REQUIRE(road.until_empty());
  CHECK(road.forwarder->state().notice.find("ca_file") != std::string::npos);
  put_file("other-ca.pem", "ca.pem");
  road.put("a", 3);
  REQUIRE(road.until_said("the certificate of localhost is refused"));
  put_file("ca.pem", "ca.pem");
  REQUIRE(road.until_empty());
  CHECK(road.dead().empty());
}

TEST_CASE("TLS: a pinned key is enough for nobody else, and the one shown is named") {
  Secure road("server");
  road.to.pins = {std::string(43, 'A') + "="};
  road.check_kept("localhost shows the key ");
  const std::string line = road.lines.front();
  const std::string key = line.substr(line.find("the key ") + 8, 44);
  CHECK(key.ends_with('='));

  Secure pinned("server");
  pinned.to.pins = {std::string(43, 'A') + "=", key};
  pinned.put("a");
  pinned.deliver();
  CHECK(pinned.lines.empty());
}

TEST_CASE("TLS: status names both certificates and warns 30 days before one runs out") {
  auto demanding = https("soon");
  demanding.client_ca_file = certificates().file("ca.pem");
  Secure road(demanding, "ca");
  road.to.tls.cert_file = certificates().file("client.pem");
  road.to.tls.key_file = certificates().file("client.key");
  road.put("a");
  road.deliver();
  const auto state = road.forwarder->state();
  REQUIRE(state.certificates.size() == 2);
  CHECK(state.certificates[0].whose == "gateway");
  CHECK(state.certificates[0].subject == "/CN=client");
  CHECK(state.certificates[1].whose == "broker");
  CHECK(state.certificates[1].subject == "/CN=soon");
  const auto days = (state.certificates[1].not_after.ms - road.clock.now().ms) / 86'400'000;
  CHECK(days == 29);  // made today for 30
  CHECK(state.notice == "the certificate of the broker runs out in 29 days");
}

TEST_CASE("TLS: the log warns once a day from 30 days before a certificate runs out") {
  const std::string warning = "broker city: the certificate of the broker runs out in ";
  Secure road("soon");
  road.clock.wall_ahead = -48h;
  int number = 0;
  const auto live_on = [&](std::chrono::milliseconds span) {
    road.clock.ahead += span;
    road.put("a", ++number);
    REQUIRE(road.until_empty());
    road.put("a", ++number);  // the turn after it
    REQUIRE(road.until_empty());
  };
  road.start();
  live_on(0h);
  CHECK(road.lines.empty());
  road.clock.wall_ahead = 0ms;
  live_on(0h);
  CHECK(road.said(warning + "29 days") == 1);
  live_on(23h);
  CHECK(road.said(warning) == 1);
  live_on(2h);
  CHECK(road.said(warning + "28 days") == 1);
  CHECK(road.said(warning) == 2);
  live_on(30 * 24h);
  CHECK(road.said("broker city: the certificate of the broker has run out") == 1);
}

TEST_CASE("TLS: tokens come over TLS, from an endpoint that the same authority certifies") {
  FakeBroker idm(https("server"));
  idm.rule([](const SeenRequest&) -> std::optional<Reply> {
    return Reply{200, R"({"access_token":"t"})", {}};
  });
  Secure road("server");
  road.to.auth.type = config::AuthType::kOAuth2;
  road.to.auth.header = "Authorization";
  road.to.auth.token_url = idm.url() + "/token";
  road.to.auth.client_id = "gw";
  road.to.auth.client_secret.value = "s";
  road.put("a");
  road.deliver();
  CHECK(road.city.requests().at(0).header("Authorization") == "Bearer t");
}

}  // namespace lamppost
