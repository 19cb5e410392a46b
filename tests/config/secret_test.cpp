// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "tests/config/project.h"

using namespace lamppost;
using namespace lamppost::config;

namespace {

const std::string kRest = std::string(kCity) + kAir;
const std::string kLogin = std::string(kSite) + "username = \"me\"\n";

std::string with_file(const Project& project, const std::string& option) {
  project.write("secret", "hush\n", 0640);
  return kLogin + option + kRest;
}

}  // namespace

TEST_CASE("secret: comes from a file, without its line end") {
  Project project;
  const Config config = project.load(with_file(project, "password_file = \"secret\"\n"));
  REQUIRE(project.printed() == "");
  CHECK(config.sources.at(0).password == "hush");
  project.write("secret", "with space \r\n", 0600);
  CHECK(project.load().sources.at(0).password == "with space ");
}

TEST_CASE("secret: comes from systemd's credentials") {
  Project project;
  project.write("creds/mqtt", "hush", 0400);
  const std::string text = kLogin + "password_file = \"${CREDENTIALS_DIRECTORY}/mqtt\"\n" + kRest;
  ::unsetenv("CREDENTIALS_DIRECTORY");
  CHECK(project.complaints(text) ==
        "lamppost.toml:5:17: error: password_file: ${CREDENTIALS_DIRECTORY} is not set\n"
        "    5 | password_file = \"${CREDENTIALS_DIRECTORY}/mqtt\"\n"
        "      |                 ^ systemd sets it for a unit with LoadCredential=\n");
  ::setenv("CREDENTIALS_DIRECTORY", (project.directory() / "creds").c_str(), 1);
  CHECK(project.load(text).sources.at(0).password == "hush");
  CHECK(project.printed() == "");
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_CASE("secret: comes from the environment") {
  Project project;
  const std::string text = kLogin + "password = { env = \"LAMPPOST_TEST_SECRET\" }\n" + kRest;
  ::unsetenv("LAMPPOST_TEST_SECRET");
  CHECK(project.complaints(text) ==
        "lamppost.toml:5:20: error: env: the environment has no \"LAMPPOST_TEST_SECRET\"\n"
        "    5 | password = { env = \"LAMPPOST_TEST_SECRET\" }\n"
        "      |                    ^\n");
  ::setenv("LAMPPOST_TEST_SECRET", "hush", 1);
  CHECK(project.load(text).sources.at(0).password == "hush");
  CHECK(project.printed() == "");
  ::unsetenv("LAMPPOST_TEST_SECRET");
}

TEST_CASE("secret mistake: written in the file") {
  CHECK(Project().complaints(kLogin + "password = \"hush\"\n" + kRest) ==
        "lamppost.toml:5:12: error: password: a secret is never written in this file\n"
        "    5 | password = \"hush\"\n"
        "      |            ^ put it in a file and write password_file = \"...\", or password = "
        "{ env = \"NAME\" }\n");
}

TEST_CASE("secret mistake: a file that others can read") {
  Project project;
  project.write("secret", "hush\n", 0644);
  const std::string path = (project.directory() / "secret").string();
  project.load(kLogin + "password_file = \"secret\"\n" + kRest);
  CHECK(project.findings().to_text() == (project.directory() / "lamppost.toml").string() +
                                            ":5:17: error: password_file: \"" + path +
                                            "\" holds a secret and others can read it\n"
                                            "    5 | password_file = \"secret\"\n"
                                            "      |                 ^ run: chmod o= " +
                                            path + "\n");
}

TEST_CASE("secret mistake: no such file") {
  CHECK(Project().complaints(kLogin + "password_file = \"/no/such\"\n" + kRest) ==
        "lamppost.toml:5:17: error: password_file: \"/no/such\" cannot be read: No such file or "
        "directory\n"
        "    5 | password_file = \"/no/such\"\n"
        "      |                 ^\n");
}

TEST_CASE("secret mistake: a directory, a device, an empty file, two lines") {
  Project project;
  const std::string text = kLogin + "password_file = \"secret\"\n" + kRest;
  std::filesystem::create_directory(project.directory() / "secret");
  CHECK(project.complaints(text).find("is no regular file") != std::string::npos);
  std::filesystem::remove(project.directory() / "secret");
  project.write("secret", "\n", 0600);
  CHECK(project.complaints(text).find("is empty") != std::string::npos);
  project.write("secret", "a\nb\n", 0600);
  CHECK(project.complaints(text).find("holds more than one line") != std::string::npos);
}

TEST_CASE("secret mistake: given twice") {
  Project project;
  CHECK(project.complaints(
            with_file(project, "password_file = \"secret\"\npassword = { env = \"X\" }\n")) ==
        "lamppost.toml:6:12: error: password: is given twice, here and as password_file at "
        "lamppost.toml:5:17\n"
        "    6 | password = { env = \"X\" }\n"
        "      |            ^\n");
}

TEST_CASE("secret: a password over an open network gets a warning") {
  Project project;
  project.write("secret", "hush\n", 0640);
  const std::string text =
      "[source.site]\ntype = \"mqtt\"\nurl = \"mqtt://far.example\"\n"
      "username = \"me\"\npassword_file = \"secret\"\n" +
      kRest;
  CHECK(project.complaints(text) ==
        "lamppost.toml:5:17: warning: password_file: travels readable over mqtt://\n"
        "    5 | password_file = \"secret\"\n"
        "      |                 ^ use mqtts://\n");
  CHECK(project.findings().ok());
}

TEST_CASE("secret: the header of a broker") {
  Project project;
  project.write("token", "Bearer abc\n", 0600);
  const Config config = project.load(
      std::string(kSite) + kCity + "auth = { type = \"header\", value_file = \"token\" }\n" + kAir);
  REQUIRE(project.printed() == "");
  CHECK(config.brokers.at(0).auth.header == "Authorization");
  CHECK(config.brokers.at(0).auth.value.value == "Bearer abc");
  CHECK(project.complaints(
            std::string(kSite) + kCity +
            "auth = { type = \"header\", name = \"X:Y\", value_file = \"token\" }\n" + kAir) ==
        "lamppost.toml:6:34: error: name: \"X:Y\" cannot name a header\n"
        "    6 | auth = { type = \"header\", name = \"X:Y\", value_file = \"token\" }\n"
        "      |                                  ^\n");
}

TEST_CASE("secret: a private key is one") {
  Project project;
  project.write("gw.pem", "-----BEGIN CERTIFICATE-----\n");
  project.write("gw.key", "-----BEGIN PRIVATE KEY-----\n", 0604);
  project.load(
      "[broker.city]\nurl = \"https://b\"\ncert_file = \"gw.pem\"\nkey_file = \"gw.key\"\n" +
      std::string(kSite) + kAir);
  CHECK(project.printed().find("holds a secret and others can read it") != std::string::npos);
}
