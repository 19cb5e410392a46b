// SPDX-License-Identifier: Apache-2.0
// auth, headers, proxy and pins of a broker: what is read, and every mistake with its place.
#include <doctest/doctest.h>

#include "tests/config/project.h"

using namespace lamppost;
using namespace lamppost::config;

namespace {

const std::string kTls = std::string(kSite) + "[broker.city]\nurl = \"https://b.example\"\n";

struct Secrets : Project {
  Secrets() { write("secret", "hush\n", 0600); }
  std::string says(const std::string& option) { return complaints(kTls + option + "\n" + kAir); }
  Broker broker(const std::string& option) {
    const auto config = load(kTls + option + "\n" + kAir);
    REQUIRE(printed() == "");
    return config.brokers.at(0);
  }
  bool says(const std::string& option, const std::string& words) {
    const auto all = says(option);
    INFO(all);
    return all.find(words) != std::string::npos;
  }
};

}  // namespace

TEST_CASE("auth: client credentials, with a secret that can be read again") {
  Secrets project;
  const auto auth =
      project
          .broker(
              "auth = { type = \"oauth2\", token_url = \"https://idm.example/token\", "
              "client_id = \"gw\", client_secret_file = \"secret\", scope = \"a b\", "
              "audience = \"broker\", client_auth = \"body\" }")
          .auth;
  CHECK(auth.type == AuthType::kOAuth2);
  CHECK(auth.token_url == "https://idm.example/token");
  CHECK(auth.client_id == "gw");
  CHECK(auth.client_secret == Secret{"hush", (project.directory() / "secret").string()});
  CHECK(auth.scope == "a b");
  CHECK(auth.audience == "broker");
  CHECK(auth.header == "Authorization");
  CHECK(auth.secret_in_body);
  CHECK_FALSE(auth.password_grant);
}

TEST_CASE("auth: the password grant of Keyrock's sensors, its token sent as Wilma wants it") {
  Secrets project;
  const auto auth =
      project
          .broker(
              "auth = { type = \"oauth2\", grant = \"password\", client_id = \"app\", "
              "token_url = \"https://idm.example/oauth2/token\", username = \"iot_1\", "
              "password_file = \"secret\", send_as = \"X-Auth-Token\" }")
          .auth;
  CHECK(auth.password_grant);
  CHECK(auth.username == "iot_1");
  CHECK(auth.password.value == "hush");
  CHECK(auth.client_secret.value == "");
  CHECK(auth.header == "X-Auth-Token");
}

TEST_CASE("auth: a user name and a password") {
  const auto auth =
      Secrets()
          .broker("auth = { type = \"basic\", username = \"me\", password_file = \"secret\" }")
          .auth;
  CHECK(auth.type == AuthType::kBasic);
  CHECK(auth.username == "me");
  CHECK(auth.password.value == "hush");
}

TEST_CASE("auth mistake: what is missing is named") {
  Secrets project;
  CHECK(project.says("auth = { name = \"X\" }", "auth needs type"));
  CHECK(project.says("auth = { type = \"basic\", username = \"me\" }", "auth needs password_file"));
  CHECK(
      project.says("auth = { type = \"oauth2\", token_url = \"https://i\", client_id = \"c\" }") ==
      "lamppost.toml:6:8: error: auth needs client_secret_file\n"
      "    6 | auth = { type = \"oauth2\", token_url = \"https://i\", client_id = \"c\" }\n"
      "      |        ^ or client_secret = { env = \"NAME\" }\n");
  CHECK(project.says("auth = { type = \"oauth2\", client_secret_file = \"secret\" }",
                     "auth needs token_url"));
  CHECK(
      project.says("auth = { type = \"oauth2\", grant = \"password\", client_id = \"c\", "
                   "token_url = \"https://i\", password_file = \"secret\" }",
                   "grant = \"password\" needs username"));
  CHECK(
      project.says("auth = { type = \"oauth2\", token_url = \"https://i\", client_id = \"c\", "
                   "client_secret_file = \"gone\" }",
                   "client_secret_file: \"gone\" cannot be read: No such file or directory"));
}

TEST_CASE("auth mistake: what does not belong together") {
  Secrets project;
  CHECK(project.says("auth = { type = \"basic\", username = \"m:e\", password_file = \"secret\" }",
                     "username: a user name has no colon"));
  CHECK(project.says("auth = { type = \"header\", value_file = \"secret\", scope = \"x\" }",
                     "\"scope\" belongs to auth = { type = \"oauth2\", ... }"));
  CHECK(project.says("auth = { type = \"oauth\" }", "did you mean \"oauth2\"?"));
  CHECK(project.says("auth = { type = \"oauth2\", token_ulr = \"https://i\" }",
                     "did you mean \"token_url\"?"));
  CHECK(project.says("auth = \"Bearer x\"", "auth: expected"));
  CHECK(project.says("auth = { type = \"oauth2\", token_url = 5 }", "token_url: expected"));
  CHECK(
      project.says("auth = { type = \"oauth2\", token_url = \"https://i\", client_id = \"c\", "
                   "client_secret_file = \"secret\", username = \"u\" }",
                   "username: needs grant = \"password\""));
}

TEST_CASE("auth: secrets that would travel readable to the token endpoint get a warning") {
  Secrets project;
  const std::string rest = "client_id = \"c\", client_secret_file = \"secret\" }";
  CHECK(project.says("auth = { type = \"oauth2\", token_url = \"http://idm.example/t\", " + rest,
                     "warning: token_url: secrets travel readable over http://"));
  CHECK(project.findings().ok());
  CHECK(project.says("auth = { type = \"oauth2\", token_url = \"http://127.0.0.1/t\", " + rest) ==
        "");
}

TEST_CASE("headers: further ones, but none that has its own option") {
  Secrets project;
  const auto broker = project.broker("headers = { X-Api-Version = \"2\", X-Gate = \"a b\" }");
  CHECK(broker.headers == std::vector<std::pair<std::string, std::string>>{{"X-Api-Version", "2"},
                                                                           {"X-Gate", "a b"}});
  CHECK(project.says("headers = { authorization = \"Bearer x\" }") ==
        "lamppost.toml:6:13: error: headers: authorization cannot be set here\n"
        "    6 | headers = { authorization = \"Bearer x\" }\n"
        "      |             ^ use auth\n");
  CHECK(project.says("headers = { Content-Length = \"5\" }", "Content-Length cannot be set here"));
  CHECK(project.says("headers = { \"X Y\" = \"5\" }", "\"X Y\" cannot name a header"));
  CHECK(project.says("headers = { X-Y = \"a\\r\\nEvil: b\" }", "X-Y needs a text of printable"));
  CHECK(project.says("headers = { X-Y = 5 }", "X-Y needs a text"));
  std::string many;
  for (int i = 0; i < 17; ++i) many += "X-" + std::to_string(i) + " = \"1\", ";
  CHECK(project.says("headers = { " + many + "X-Last = \"1\" }", "at most 16 are sent"));
}

TEST_CASE("proxy and pins: read, and their mistakes") {
  Secrets project;
  const std::string pin(43, 'A');
  const auto broker =
      project.broker("proxy = \"http://p.example:3128\"\npin_sha256 = [\"" + pin + "=\"]");
  CHECK(broker.proxy == "http://p.example:3128");
  CHECK(broker.pins == std::vector<std::string>{pin + "="});
  CHECK(project.says("proxy = \"https://p.example\"", "expected a URL that begins with"));
  CHECK(project.says("proxy = \"http://p.example/x\"", "without a path"));
  CHECK(project.says("proxy = \"http://u:p@p.example\"", "user name and password have no place"));
  CHECK(project.says("pin_sha256 = [\"abc\"]", "\"abc\" is no SHA-256 in base64"));
}

TEST_CASE("TLS files at a plain URL are a mistake, unless the tokens come over https") {
  Secrets project;
  project.write("ca.pem", "x");
  const std::string plain = std::string(kSite) + kCity + "ca_file = \"ca.pem\"\n";
  CHECK(project.complaints(plain + kAir).find("has no effect with http://") != std::string::npos);
  CHECK(project.complaints(plain +
                           "auth = { type = \"oauth2\", token_url = \"https://i\", client_id = "
                           "\"c\", client_secret_file = \"secret\" }\n" +
                           kAir) == "");
}
