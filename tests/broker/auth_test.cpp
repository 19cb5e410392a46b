// SPDX-License-Identifier: Apache-2.0
// Who we are: headers, passwords and tokens, and what happens when they are refused or not to be
// had. Nothing is ever dead-lettered for it.
#include <atomic>
#include <fstream>

#include "broker/road.h"
#include "support/temp_directory.h"

namespace lamppost {
namespace {

constexpr const char* kForm = "application/x-www-form-urlencoded";

Reply token(const std::string& text, const std::string& more = "") {
  return {200, R"({"access_token":")" + text + R"(","token_type":"Bearer")" + more + "}", {}};
}

// A broker behind an identity provider whose nth token is "tokenN".
struct Guarded : Road {
  Guarded() {
    idm.rule([this](const SeenRequest&) -> std::optional<Reply> {
      return token("token" + std::to_string(++tokens), life);
    });
    to.auth.type = config::AuthType::kOAuth2;
    to.auth.header = "Authorization";
    to.auth.token_url = idm.url() + "/oauth2/token";
    to.auth.client_id = "gate way";
    to.auth.client_secret.value = "s:e&c";
    to.auth.scope = "a b";
  }
  std::string life = R"(,"expires_in":3600)";
  std::atomic<int> tokens = 0;
  FakeBroker idm;
};

std::vector<std::string> shown(const Road& road, const std::string& header = "Authorization") {
  std::vector<std::string> values;
  for (const auto& request : road.city.requests()) values.push_back(request.header(header));
  return values;
}

}  // namespace

TEST_CASE("OAuth 2.0: one token for many requests, asked for as RFC 6749 4.4 and 2.3.1 say") {
  Guarded road;
  for (int i = 0; i < 3; ++i) {
    road.put("a", i);
    if (i == 0) road.start();
    REQUIRE(road.until_empty());
  }
  CHECK(shown(road) == Strings(3, "Bearer token1"));
  REQUIRE(road.idm.requests().size() == 1);
  const auto asked = road.idm.requests().at(0);
  CHECK(asked.target == "/oauth2/token");
  CHECK(asked.header("Content-Type") == kForm);
  CHECK(asked.body == "grant_type=client_credentials&scope=a+b");
  // gate+way:s%3Ae%26c
  CHECK(asked.header("Authorization") == "Basic Z2F0ZSt3YXk6cyUzQWUlMjZj");
  CHECK(road.city.breaches().empty());
}

TEST_CASE("OAuth 2.0: the password grant of Keyrock's sensors, the token sent as Wilma takes it") {
  Guarded road;
  road.to.auth.password_grant = true;
  road.to.auth.username = "iot_1";
  road.to.auth.password.value = "p+w";
  road.to.auth.secret_in_body = true;
  road.to.auth.header = "X-Auth-Token";
  road.put("a");
  road.deliver();
  CHECK(shown(road, "X-Auth-Token") == Strings{"token1"});
  CHECK(shown(road) == Strings{""});
  CHECK(road.idm.requests().at(0).body ==
        "grant_type=password&username=iot_1&password=p%2Bw&scope=a+b&client_id=gate+way&"
        "client_secret=s%3Ae%26c");
  CHECK(road.idm.requests().at(0).header("Authorization") == "");
}

TEST_CASE("F33: a 401 renews the token once and sends the same body again") {
  Guarded road;
  road.city.script({{401, "", {}}});
  road.put("a", 7);
  road.deliver();
  CHECK(shown(road) == Strings{"Bearer token1", "Bearer token2"});
  const auto requests = road.city.requests();
  CHECK(requests.at(0).body == requests.at(1).body);
  CHECK(road.tokens == 2);
  CHECK(road.lines.empty());
}

TEST_CASE("F33: a second 401 pauses, nothing is dead, and the queue goes on when it is let in") {
  Guarded road;
  road.options.pause_base = 3600s;
  road.options.pause_cap = 3600s;
  road.city.script({{401, "", {}}, {401, "", {}}});
  road.put("a");
  road.start();
  REQUIRE(road.until_said("401 Unauthorized; nothing more is sent and every reading is kept"));
  CHECK(road.city.requests().size() == 2);
  CHECK(road.tokens == 2);
  CHECK(road.outbox.queued() == 1);
  CHECK(road.dead().empty());
  CHECK(road.forwarder->state().state == "paused");
}

TEST_CASE("OAuth 2.0: a token is renewed at 80 % of its life, before the broker refuses it") {
  Guarded road;
  road.life = R"(,"expires_in":"1")";
  road.start();
  int number = 0;
  REQUIRE(road.until([&] {
    if (road.outbox.queued() == 0) road.put("a", ++number);
    return road.tokens == 2;
  }));
  REQUIRE(road.until_empty());
  CHECK(shown(road).front() == "Bearer token1");
  CHECK(shown(road).back() == "Bearer token2");
  CHECK(road.lines.empty());
}

TEST_CASE("OAuth 2.0: an endpoint that lies, refuses or is away is explained and bounded") {
  struct Case {
    Reply reply;
    std::string words;
  };
  const std::vector<Case> cases = {
      {{200, "<html>Welcome</html>", {}}, "its answer is no JSON object; is token_url right?"},
      {{200, "{}", {}}, "its answer holds no access_token"},
      {token(std::string(13000, 'x')), "its access_token cannot stand in a header"},
      {token("a\\r\\nX-Evil: 1"), "its access_token cannot stand in a header"},
      {{200, std::string(70000, ' '), {}}, "its answer is larger than 64 KiB"},
      {{200, std::string(std::size_t{3} << 20, '['), {}}, "its answer is no JSON object"},
      {{401, R"({"error":"invalid_client","error_description":"who?"})", {}},
       "401 invalid_client (who?)"},
      {{302, "", {{"Location", "/login"}}}, "302: it redirects"},
      {{204, "", {}, Manner::kTrickle}, "the answer has stopped"},
      {{204, "", {}, Manner::kSilence}, "no answer"},
      {{204, "", {}, Manner::kCloseInsideBody}, "connection closed in the middle"},
  };
  for (const auto& [reply, words] : cases) {
    CAPTURE(words);
    Guarded road;
    road.to.timeout = 300ms;
    road.idm.rule([&](const SeenRequest&) -> std::optional<Reply> { return reply; });
    road.check_kept("no token from " + road.to.auth.token_url + ": " + words);
    CHECK(road.said("s:e&c") == 0);
  }
}

TEST_CASE("OAuth 2.0: an endpoint that is away for a while costs nothing but time") {
  Guarded road;
  road.idm.rule([&](const SeenRequest&) -> std::optional<Reply> {
    return ++road.tokens < 3 ? Reply{503, "", {}} : token("late");
  });
  road.put("a");
  road.deliver();
  CHECK(shown(road) == Strings{"Bearer late"});
  CHECK(road.said("back after") == 1);
  CHECK(road.said("late") == 0);  // a token is never logged
}

TEST_CASE("a password goes as RFC 7617 says") {
  Road road;
  road.to.auth.type = config::AuthType::kBasic;
  road.to.auth.header = "Authorization";
  road.to.auth.username = "Aladdin";
  road.to.auth.password.value = "open sesame";
  road.put("a");
  road.deliver();
  CHECK(shown(road) == Strings{"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="});
}

TEST_CASE(
    "a secret file that changes is read again, without a restart; a bad one changes nothing") {
  TempDirectory directory;
  const std::string file = (directory / "token").string();
  Road road;
  road.to.auth = fixed_header("X-Auth-Token", "one");
  road.to.auth.value.file = file;
  std::ofstream(file) << "one\n";
  road.start();
  for (const char* text : {"one\n", "second\n", "two\nlines\n"}) {
    std::ofstream(file) << text;
    road.put("a", static_cast<int>(road.city.requests().size()));
    REQUIRE(road.until_empty());
  }
  CHECK(shown(road, "X-Auth-Token") == Strings{"one", "second", "second"});
}

TEST_CASE("further headers travel with each request") {
  Road road;
  road.to.headers = {{"X-Api-Version", "2"}};
  road.put("a");
  road.deliver();
  CHECK(shown(road, "X-Api-Version") == Strings{"2"});
  CHECK(road.city.breaches().empty());
}

}  // namespace lamppost
