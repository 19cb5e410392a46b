// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <unistd.h>

#include "config/options.h"
#include "tests/config/project.h"

using namespace lamppost;
using namespace lamppost::config;
using namespace std::chrono_literals;

namespace {

const std::string kAll = std::string(kSite) + kCity + kAir;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Gives the environment a value for one test and takes it back.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~Environment() {
    if (before_)
      ::setenv(name_, before_->c_str(), 1);
    else
      ::unsetenv(name_);
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("load: what is not written has its default") {
  Project project;
  const Config config =
      project.load("[gateway]\nid = \"g1\"\n[source.field]\ntype = \"coap\"\n" + kAll);
  REQUIRE(project.printed() == "");
  const Source& field = config.sources.at(0);
  CHECK(field.type == SourceType::kCoap);
  REQUIRE(field.listen.size() == 1);
  CHECK(field.listen[0].value == "coap://[::]:5683");
  const Source& site = config.sources.at(1);
  CHECK(site.type == SourceType::kMqtt);
  CHECK(site.version == 5);
  CHECK(site.client_id == "lamppost-g1");
  CHECK(site.qos == 1);
  CHECK(site.session_expiry == 7 * 24h);
  CHECK(site.keep_alive == 30s);
  CHECK(site.max_payload == 1 << 20);
  const Broker& city = config.brokers.at(0);
  CHECK(city.profile == "etsi");
  CHECK(city.max_entities == 100);
  CHECK(city.max_bytes == 512 << 10);
  CHECK(city.modes == std::vector<std::string>{"update", "append", "merge"});
  CHECK(city.tenant_header == "NGSILD-Tenant");
  CHECK(city.answers == "full");
  CHECK_FALSE(city.temporal);
  CHECK(city.resume_spread == 10s);
  CHECK(city.max_requests_per_second == 0);
  CHECK(city.max_entities_per_second == 0);
  CHECK(city.linger == 20ms);
  CHECK(city.timeout == 75s);
  CHECK(city.min_tls == "1.2");
  CHECK(city.auth.header == "");
  CHECK(config.outbox.path == "/var/lib/lamppost/outbox.db");
  CHECK(config.outbox.max_bytes == 1 << 30);
  CHECK(config.outbox.max_age == 7 * 24h);
  CHECK(config.outbox.power_loss_window == 1s);
  CHECK(config.outbox.when_full == WhenFull::kRefuse);
  CHECK(config.outbox.min_free_disk == 64 << 20);
  CHECK(config.status.listen == "127.0.0.1:9180");
  CHECK(config.devices.unknown == UnknownDevice::kMap);
  CHECK_FALSE(config.devices.file.has_value());
  CHECK(config.mappings.at(0).period == 0ms);
  CHECK_FALSE(config.mappings.at(0).keep_latest);
  CHECK(config.mappings.at(0).priority == Priority::kNormal);
}

TEST_CASE("load: the runtime directory comes from systemd, then from the default") {
  Project project;
  {
    const Environment systemd("RUNTIME_DIRECTORY", "/run/one:/run/two");
    CHECK(project.load(kAll).gateway.runtime_dir == "/run/one");
    CHECK(project.load("[gateway]\nruntime_dir = \"/tmp/x\"\n" + kAll).gateway.runtime_dir ==
          "/tmp/x");
  }
  const Environment none("RUNTIME_DIRECTORY", "");
  CHECK(project.load(kAll).gateway.runtime_dir == "/run/lamppost");
}

TEST_CASE("load: the gateway is named after the host, in characters of an id") {
  Project project;
  const std::string id = project.load(kAll).gateway.id;
  CHECK_FALSE(id.empty());
  CHECK(
      id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-") ==
      std::string::npos);
}

TEST_CASE("load: everything that is written arrives, with its place") {
  Project project;
  const Config config = project.load(
      std::string(kSite) + kCity +
      "[[mapping]]\nname = \"all\"\nsource = \"site\"\nmatch = \"a/{x}\"\nformat = \"json\"\n"
      "each = \"/r\"\nperiod = \"10min\"\nhistory = \"latest\"\npriority = \"low\"\n"
      "to = [\"city\"]\n"
      "time = { from = \"/ts\", zone = \"+02:00\" }\nmodel = \"M\"\nid = \"urn:{x}\"\n"
      "location = { lon = \"/lon\", lat = \"/lat\" }\ncapture = { y = \"/y\" }\n"
      "options = { strict = true }\n[mapping.attributes]\n"
      "z = { from = \"/z\", unit = \"FAH\", scale = 2, offset = -1.5, decimals = 3, min = 0, "
      "max = 9, sentinel = [-1, \"nan\"] }\n"
      "a = { from = \"/a\", map = { \"1\" = \"on\", \"2\" = 2.5 }, else = false, sentinel = 255 }\n"
      "[mapping.static]\nowner = [\"x\", \"y\"]\n[mapping.relationships]\nref = \"urn:d:{y}\"\n");
  REQUIRE(project.printed() == "");
  const Mapping& all = config.mappings.at(0);
  CHECK(all.match.value == "a/{x}");
  CHECK(all.match.where.line == 9);
  CHECK(all.match.where.column == 9);
  CHECK(all.each.value == "/r");
  CHECK(all.period == 10min);
  CHECK(all.keep_latest);
  CHECK(all.priority == Priority::kLow);
  CHECK(all.to.at(0).value == "city");
  CHECK(all.time.from.value == "/ts");
  CHECK(all.time.zone == "+02:00");
  CHECK(all.capture.at("y").value == "/y");
  CHECK(all.options.at("strict").value == Json(true));
  const EntityRule& entity = all.entities.at(0);
  CHECK(entity.location->lat.value == "/lat");
  REQUIRE(entity.attributes.size() == 2);
  const AttributeRule& z = entity.attributes[0];  // as written, not by the alphabet
  CHECK(z.name.value == "z");
  CHECK(z.name.where.line == 23);
  CHECK(z.name.where.column == 1);
  CHECK(z.unit.where.column == 27);
  CHECK(*z.scale == 2);
  CHECK(*z.offset == -1.5);
  CHECK(*z.decimals == 3);
  CHECK(*z.min == 0);
  CHECK(*z.max == 9);
  CHECK(z.sentinel == std::vector<Json>{-1, "nan"});
  const AttributeRule& a = entity.attributes[1];
  CHECK(a.map.at("1") == "on");
  CHECK(a.map.at("2") == 2.5);
  CHECK(*a.otherwise == Json(false));
  CHECK(a.sentinel == std::vector<Json>{255});
  CHECK(entity.statics.at(0).second.dump() == R"(["x","y"])");
  CHECK(entity.relationships.at(0).second.value == "urn:d:{y}");
}

TEST_CASE("load: a mapping may have several entities") {
  Project project;
  const Config config = project.load(
      std::string(kSite) + kCity +
      "[[mapping]]\nname = \"m\"\nsource = \"site\"\nmatch = \"a\"\nformat = \"json\"\n"
      "[[mapping.entity]]\nmodel = \"A\"\nid = \"urn:a\"\n[mapping.entity.static]\nk = 1\n"
      "[[mapping.entity]]\nmodel = \"B\"\nid = \"urn:b\"\n[mapping.entity.attributes]\n"
      "v = { from = \"/v\" }\n");
  REQUIRE(project.printed() == "");
  REQUIRE(config.mappings.at(0).entities.size() == 2);
  CHECK(config.mappings[0].entities[0].statics.at(0).first.value == "k");
  CHECK(config.mappings[0].entities[1].model.value == "B");
  CHECK(config.mappings[0].entities[1].where.line == 16);
}

TEST_CASE("load: conf.d adds to the main file, in name order") {
  Project project;
  project.write("conf.d/20-b.toml", "[source.b]\ntype = \"coap\"\n[outbox]\nmax_age = \"1d\"\n");
  project.write("conf.d/10-a.toml", "[source.a]\ntype = \"coap\"\nlisten = [\"coap://[::1]:5\"]\n");
  project.write("conf.d/30.toml.bak", "nonsense");
  project.write("conf.d/.hidden.toml", "nonsense");
  const Config config = project.load(kAll + "[outbox]\nmax_bytes = \"1MiB\"\n");
  REQUIRE(project.printed() == "");
  REQUIRE(config.sources.size() == 3);
  CHECK(config.sources[0].name == "site");
  CHECK(config.sources[1].name == "a");
  CHECK(config.sources[2].name == "b");
  CHECK(config.outbox.max_bytes == 1 << 20);
  CHECK(config.outbox.max_age == 24h);
}

TEST_CASE("mistake: a source defined in two files") {
  Project project;
  project.write("conf.d/10.toml", kSite);
  CHECK(project.complaints(kAll) ==
        "conf.d/10.toml:1:1: error: source \"site\" is already defined at lamppost.toml:1:1\n"
        "    1 | [source.site]\n"
        "      | ^\n");
}

TEST_CASE("mistake: an option set in two files") {
  Project project;
  project.write("conf.d/10.toml", "[gateway]\nid = \"two\"\n");
  CHECK(project.complaints("[gateway]\nid = \"one\"\n" + kAll) ==
        "conf.d/10.toml:2:1: error: \"id\" is already set at lamppost.toml:2:1\n"
        "    2 | id = \"two\"\n"
        "      | ^\n");
}

TEST_CASE("load: a relative file name stays relative in findings") {
  Project project;
  project.write("lamppost.toml", "x = 1\n");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(project.directory());
  Findings plain, dotted;
  config::load("lamppost.toml", plain);
  config::load("./lamppost.toml", dotted);
  std::filesystem::current_path(before);
  CHECK(plain.to_text() ==
        "lamppost.toml:1:1: error: unknown key \"x\" outside a table\n"
        "    1 | x = 1\n"
        "      | ^ known: gateway, source, broker, mapping, calibration, example, outbox, clock, "
        "status, devices\n");
  CHECK(dotted.to_text().substr(0, 22) == "./lamppost.toml:1:1: e");
}

TEST_CASE("extends: inherits what it does not set, tables merge key by key") {
  Project project;
  const Config config = project.load(
      kAll +
      "no2 = { from = \"/no2\", unit = \"GQ\" }\n[mapping.static]\nowner = { name = \"x\" }\n"
      "[[mapping]]\nname = \"garden\"\nextends = \"air\"\nmatch = \"garden/{station}\"\n"
      "attributes.no2.from = \"/gas\"\nstatic.area = 5\n"
      "[[mapping]]\nname = \"roof\"\nextends = \"garden\"\nhistory = \"latest\"\n");
  REQUIRE(project.printed() == "");
  REQUIRE(config.mappings.size() == 3);
  const Mapping& garden = config.mappings[1];
  CHECK(garden.name == "garden");
  CHECK(garden.match.value == "garden/{station}");
  CHECK(garden.source.value == "site");
  CHECK(garden.source.where.line == 8);  // where it is written
  const EntityRule& entity = garden.entities.at(0);
  CHECK(entity.model.value == "AirQualityObserved");
  REQUIRE(entity.attributes.size() == 2);
  CHECK(entity.attributes[0].name.value == "no2");
  CHECK(entity.attributes[0].from.at(0).value == "/gas");
  CHECK(entity.attributes[0].unit.value == "GQ");
  CHECK(entity.attributes[1].name.value == "pm25");
  REQUIRE(entity.statics.size() == 2);
  const Mapping& roof = config.mappings[2];
  CHECK(roof.keep_latest);
  CHECK_FALSE(garden.keep_latest);
  CHECK(roof.match.value == "garden/{station}");
  CHECK(roof.entities.at(0).attributes[0].from.at(0).value == "/gas");
}

TEST_CASE("lamppost.toml: the annotated configuration loads without findings") {
  Findings findings;
  const Config config = config::load(LAMPPOST_SOURCE_DIR "/config/lamppost.toml", findings);
  CHECK(findings.to_text() == "");
  CHECK(config.sources.size() == 2);
  CHECK(config.brokers.size() == 1);
  CHECK(config.mappings.size() == 3);
}

TEST_CASE("lamppost.toml: shows every option there is, each default as it is") {
  const std::string text = text_of(LAMPPOST_SOURCE_DIR "/config/lamppost.toml");
  for (const auto& option : options()) {
    const std::string key(option.key);
    CAPTURE(option.section);
    CAPTURE(key);
    if (key == "entity") continue;  // a form for experts; the manual has it
    CHECK(text.find(key) != std::string::npos);
    const std::string value(option.written_default());
    if (value.empty() || option.section.starts_with("auth") || option.section == "mapping")
      continue;
    const bool shown = text.find("#" + key + " = \"" + value + "\"") != std::string::npos ||
                       text.find("#" + key + " = " + value + "\n") != std::string::npos ||
                       text.find("#" + key + " = [\"" + value + "\"]") != std::string::npos;
    CHECK(shown);
  }
}

TEST_CASE("data_dirs: the environment first, beside the configuration next, each once") {
  Project project;
  project.write("models/a.toml", "");
  project.write("given/models/b.toml", "");
  const Environment given("LAMPPOST_DATA_DIR", (project.directory() / "given").string());
  const auto found = data_dirs(project.directory() / "lamppost.toml", "models");
  REQUIRE(found.size() >= 2);
  CHECK(found[0] == project.directory() / "given/models");
  CHECK(found[1] == project.directory() / "models");
  const Environment same("LAMPPOST_DATA_DIR", project.directory().string());
  const auto once = data_dirs(project.directory() / "lamppost.toml", "models");
  CHECK(once.size() == found.size() - 1);
  for (const auto& directory : data_dirs("no/such/lamppost.toml", "no-such-kind"))
    FAIL(directory.string());
}
