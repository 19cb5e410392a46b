// SPDX-License-Identifier: Apache-2.0
// What a person reads who made a mistake in [gateway], [source], [broker] and their kin: whole
// messages, because the message is the product.
#include <doctest/doctest.h>

#include "tests/config/project.h"

using namespace lamppost;
using namespace lamppost::config;

namespace {

const std::string kRest = std::string(kCity) + kAir;
const std::string kAll = std::string(kSite) + kRest;

std::string complaints(const std::string& text) { return Project().complaints(text); }

}  // namespace

TEST_CASE("mistake: an unknown key") {
  CHECK(complaints(std::string(kSite) + "clientid = \"x\"\n" + kRest) ==
        "lamppost.toml:4:1: error: unknown key \"clientid\" in [source.site]\n"
        "    4 | clientid = \"x\"\n"
        "      | ^ did you mean \"client_id\"?\n");
}

TEST_CASE("mistake: an unknown table") {
  CHECK(complaints(kAll + "[outbx]\npath = \"x\"\n") ==
        "lamppost.toml:15:2: error: unknown table \"outbx\"\n"
        "   15 | [outbx]\n"
        "      |  ^ did you mean \"outbox\"?\n");
}

TEST_CASE("mistake: a syntax error hides nothing in the other files") {
  Project project;
  project.write("conf.d/10.toml", "[gateway]\nid = \"a b\"\n");
  CHECK(project.complaints("[source.site\n") ==
        "conf.d/10.toml:2:6: error: id: \"a b\" cannot be part of an NGSI-LD id\n"
        "    2 | id = \"a b\"\n"
        "      |      ^ use 1 to 128 of A-Z a-z 0-9 _ . : -\n"
        "lamppost.toml:1:13: error: table header: expected ']', saw '\\n'\n"
        "    1 | [source.site\n"
        "      |             ^\n");
}

TEST_CASE("mistake: no such file") {
  Project project;
  project.load();
  CHECK(project.printed() == "lamppost.toml: error: cannot be read: No such file or directory\n");
}

TEST_CASE("mistake: a required key is missing") {
  CHECK(complaints("[source.site]\ntype = \"mqtt\"\n" + kRest) ==
        "lamppost.toml:1:1: error: [source.site] needs url\n"
        "    1 | [source.site]\n"
        "      | ^ add url = \"mqtt://127.0.0.1:1883\"\n");
}

TEST_CASE("mistake: a duration without a unit") {
  CHECK(
      complaints("[broker.city]\nurl = \"http://b\"\nlinger = 200\n" + std::string(kSite) + kAir) ==
      "lamppost.toml:3:10: error: linger: expected a duration such as \"500ms\", \"2s\", \"10min\" "
      "or \"7d\", not the integer 200\n"
      "    3 | linger = 200\n"
      "      |          ^ write the unit: \"200ms\"\n");
}

TEST_CASE("mistake: a duration with a unit that nobody knows") {
  CHECK(complaints(std::string(kSite) + "keep_alive = \"5m\"\n" + kRest) ==
        "lamppost.toml:4:14: error: keep_alive: expected a duration such as \"500ms\", \"2s\", "
        "\"10min\" or \"7d\", not the text \"5m\"\n"
        "    4 | keep_alive = \"5m\"\n"
        "      |              ^ did you mean \"5min\"?\n");
}

TEST_CASE("mistake: a part of a second for MQTT") {
  CHECK(complaints(std::string(kSite) + "keep_alive = \"1500ms\"\n" + kRest) ==
        "lamppost.toml:4:14: error: keep_alive: MQTT counts whole seconds\n"
        "    4 | keep_alive = \"1500ms\"\n"
        "      |              ^\n");
}

TEST_CASE("mistake: a size as a bare number") {
  CHECK(complaints(std::string(kSite) + "max_payload = 65536\n" + kRest) ==
        "lamppost.toml:4:15: error: max_payload: expected a size such as \"100B\", \"64KiB\", "
        "\"10MiB\" or \"2GiB\", not the integer 65536\n"
        "    4 | max_payload = 65536\n"
        "      |               ^ write the unit: \"65536B\"\n");
}

TEST_CASE("mistake: a request larger than brokers take") {
  CHECK(complaints(std::string(kSite) + kCity + "max_bytes = \"1MiB\"\n" + kAir) ==
        "lamppost.toml:6:13: error: max_bytes: expected a size from 1KiB to 800KiB, not \"1MiB\"\n"
        "    6 | max_bytes = \"1MiB\"\n"
        "      |             ^\n");
}

TEST_CASE("mistake: a profile and a way of writing that nobody knows") {
  CHECK(complaints(std::string(kSite) + kCity +
                   "profile = \"orion-ld\"\nmodes = [\"update\", \"mege\"]\n" + kAir) ==
        "lamppost.toml:6:11: error: profile: expected one of \"etsi\", \"orionld\", \"scorpio\", "
        "\"stellio\", \"antares\", \"geonic\" or \"single-merge\", not the text \"orion-ld\"\n"
        "    6 | profile = \"orion-ld\"\n"
        "      |           ^ did you mean \"orionld\"?\n"
        "lamppost.toml:7:20: error: modes: \"mege\" is no way of writing\n"
        "    7 | modes = [\"update\", \"mege\"]\n"
        "      |                    ^ did you mean \"merge\"?\n");
}

TEST_CASE("mistake: a window longer than an hour") {
  CHECK(complaints(kAll + "[outbox]\npower_loss_window = \"2h\"\n") ==
        "lamppost.toml:16:21: error: power_loss_window: expected a duration from 0s to 1h, not "
        "\"2h\"\n"
        "   16 | power_loss_window = \"2h\"\n"
        "      |                     ^\n");
}

TEST_CASE("mistake: a quality of service that MQTT does not have") {
  CHECK(complaints(std::string(kSite) + "qos = 3\n" + kRest) ==
        "lamppost.toml:4:7: error: qos: expected an integer from 0 to 2, not the integer 3\n"
        "    4 | qos = 3\n"
        "      |       ^\n");
}

TEST_CASE("mistake: a version as a number") {
  CHECK(complaints(std::string(kSite) + "version = 5\n" + kRest) ==
        "lamppost.toml:4:11: error: version: expected \"5\" or \"3.1.1\", not the integer 5\n"
        "    4 | version = 5\n"
        "      |           ^ did you mean \"5\"?\n");
}

TEST_CASE("mistake: a word with a slip") {
  CHECK(complaints(kAll + "[outbox]\nwhen_full = \"drop-oldest\"\n") ==
        "lamppost.toml:16:13: error: when_full: expected \"refuse\" or \"drop_oldest\", not "
        "the text \"drop-oldest\"\n"
        "   16 | when_full = \"drop-oldest\"\n"
        "      |             ^ did you mean \"drop_oldest\"?\n");
}

TEST_CASE("mistake: a URL with the wrong scheme") {
  CHECK(complaints("[source.site]\ntype = \"mqtt\"\nurl = \"mqt://host\"\n" + kRest) ==
        "lamppost.toml:3:7: error: url: expected a URL that begins with \"mqtt\" or \"mqtts\", not "
        "\"mqt\"\n"
        "    3 | url = \"mqt://host\"\n"
        "      |       ^ did you mean \"mqtt\"?\n");
}

TEST_CASE("mistake: a URL without a scheme") {
  CHECK(complaints("[broker.city]\nurl = \"127.0.0.1:1026\"\n" + std::string(kSite) + kAir) ==
        "lamppost.toml:2:7: error: url: expected a URL such as \"http://127.0.0.1:1026\": it does "
        "not begin with a scheme\n"
        "    2 | url = \"127.0.0.1:1026\"\n"
        "      |       ^\n");
}

TEST_CASE("mistake: a port beyond 65535") {
  CHECK(
      complaints("[source.site]\ntype = \"mqtt\"\nurl = \"mqtt://host:70000\"\n" + kRest) ==
      "lamppost.toml:3:7: error: url: expected a URL such as \"mqtt://127.0.0.1:1883\": \"70000\" "
      "is no port\n"
      "    3 | url = \"mqtt://host:70000\"\n"
      "      |       ^\n");
}

TEST_CASE("mistake: the path of the API in the broker's URL") {
  CHECK(complaints("[broker.city]\nurl = \"http://b:1026/ngsi-ld/v1\"\n" + std::string(kSite) +
                   kAir) ==
        "lamppost.toml:2:7: error: url: /ngsi-ld/v1 is appended by itself\n"
        "    2 | url = \"http://b:1026/ngsi-ld/v1\"\n"
        "      |       ^ write \"http://b:1026\"\n");
}

TEST_CASE("mistake: a password in a URL") {
  CHECK(
      complaints("[broker.city]\nurl = \"http://me:secret@b\"\n" + std::string(kSite) + kAir) ==
      "lamppost.toml:2:7: error: url: expected a URL such as \"http://127.0.0.1:1026\": user name "
      "and password have no place in a URL\n"
      "    2 | url = \"http://me:secret@b\"\n"
      "      |       ^\n");
}

TEST_CASE("mistake: a tenant with a slash") {
  CHECK(complaints(std::string(kSite) + kCity + "tenant = \"a/b\"\n" + kAir) ==
        "lamppost.toml:6:10: error: tenant: \"a/b\" cannot name a tenant\n"
        "    6 | tenant = \"a/b\"\n"
        "      |          ^ use printable ASCII without space / \\ \" $\n");
}

TEST_CASE("mistake: latitude before longitude") {
  CHECK(complaints(kAll + "[gateway]\nlocation = [51.2194, 104.4]\n") ==
        "lamppost.toml:16:12: error: location: longitude goes from -180 to 180 and latitude from "
        "-90 to 90\n"
        "   16 | location = [51.2194, 104.4]\n"
        "      |            ^ longitude comes first: [104.4,51.2194]\n");
}

TEST_CASE("mistake: an option of the other type of source") {
  CHECK(complaints(std::string(kSite) + "listen = [\"coap://[::]\"]\n" + kRest) ==
        "lamppost.toml:4:1: error: \"listen\" belongs to [source.NAME] with type = \"coap\"\n"
        "    4 | listen = [\"coap://[::]\"]\n"
        "      | ^\n");
}

TEST_CASE("mistake: a source without a name") {
  CHECK(complaints("[source]\ntype = \"mqtt\"\n" + std::string(kCity)) ==
        "lamppost.toml:2:1: error: \"type\" stands outside a named table\n"
        "    2 | type = \"mqtt\"\n"
        "      | ^ write it under a heading such as [source.NAME]\n");
}

TEST_CASE("mistake: coaps") {
  CHECK(complaints("[source.site]\ntype = \"coap\"\nlisten = [\"coaps://[::]:5684\"]\n" + kRest) ==
        "lamppost.toml:3:11: error: listen: expected an address such as \"coap://[::]:5683\": this "
        "version listens on coap:// only\n"
        "    3 | listen = [\"coaps://[::]:5684\"]\n"
        "      |           ^\n");
}

TEST_CASE("mistake: two sources with one session") {
  CHECK(complaints("[gateway]\nid = \"g\"\n" + std::string(kSite) +
                   "[source.again]\ntype = \"mqtt\"\nurl = \"mqtt://127.0.0.1\"\n" + kRest) ==
        "lamppost.toml:6:1: error: client id \"lamppost-g\" is already used at mqtt://127.0.0.1 by "
        "[source.site] at lamppost.toml:3:1\n"
        "    6 | [source.again]\n"
        "      | ^ give one of them a client_id of its own\n");
}

TEST_CASE("mistake: a status page without a port") {
  CHECK(complaints(kAll + "[status]\nlisten = \"0.0.0.0\"\n") ==
        "lamppost.toml:16:10: error: listen: expected an address such as \"127.0.0.1:9180\": the "
        "port is missing\n"
        "   16 | listen = \"0.0.0.0\"\n"
        "      |          ^ \"\" turns the status page off\n");
}

TEST_CASE("mistake: TLS files for a connection without TLS") {
  Project project;
  project.write("ca.pem", "-----BEGIN CERTIFICATE-----\n");
  CHECK(project.complaints(std::string(kSite) + "ca_file = \"ca.pem\"\n" + kRest) ==
        "lamppost.toml:4:11: error: ca_file: has no effect with mqtt://\n"
        "    4 | ca_file = \"ca.pem\"\n"
        "      |           ^ use mqtts:// in url\n");
}

TEST_CASE("mistake: a certificate without its key") {
  Project project;
  project.write("gw.pem", "-----BEGIN CERTIFICATE-----\n");
  CHECK(project.complaints("[broker.city]\nurl = \"https://b\"\ncert_file = \"gw.pem\"\n" +
                           std::string(kSite) + kAir) ==
        "lamppost.toml:3:13: error: cert_file: needs key_file too\n"
        "    3 | cert_file = \"gw.pem\"\n"
        "      |             ^\n");
}

TEST_CASE("mistake: everything at once, in the order of the file") {
  const std::string text = complaints(
      "[source.site]\ntype = \"mqt\"\n[broker.city]\nurl = 5\nmax_entities = 501\n"
      "[status]\nlisten = false\n[[mapping]]\nname = \"a\"\n");
  const char* const places[] = {":2:8: ", ":4:7: ", ":5:16: ", ":7:10: ", ":8:1: "};
  std::size_t from = 0;
  for (const char* place : places) {
    const std::size_t found = text.find(place, from);
    CAPTURE(place);
    CAPTURE(text);
    REQUIRE(found != std::string::npos);
    from = found;
  }
}

TEST_CASE("mistake: a configuration that does nothing gets warnings, no errors") {
  Project project;
  CHECK(project.complaints("[gateway]\n") ==
        "lamppost.toml: warning: no [source.NAME]: nothing comes in\n"
        "lamppost.toml: warning: no [broker.NAME]: nothing goes out\n"
        "lamppost.toml: warning: no [[mapping]]: nothing that comes in is understood\n");
  CHECK(project.findings().ok());
}

TEST_CASE("load: a broker's base URL ends without a slash, because paths begin with one") {
  Project project;
  const Config config =
      project.load(std::string(kSite) + "[broker.city]\nurl = \"http://b:1026/base//\"\n" + kAir);
  CHECK(project.printed() == "");
  CHECK(config.brokers.at(0).url == "http://b:1026/base");
}
