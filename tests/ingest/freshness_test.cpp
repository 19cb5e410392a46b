// SPDX-License-Identifier: Apache-2.0
// Which devices keep to their expect.
#include <fstream>

#include "station.h"

using namespace lamppost;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

std::string counts(const ingest::Attendance& now) {
  return std::to_string(now.ok) + " ok, " + std::to_string(now.late) + " late, " +
         std::to_string(now.missing) + " missing, " + std::to_string(now.waiting) + " waiting";
}

// Stations s1 and s2 of a file, each expected every 15 minutes, s2 by its own word every hour.
struct Watched : Station {
  explicit Watched(const std::string& devices = "key,expect\ns1,\ns2,1h\n")
      : Station((write(devices), with("")) + "[devices]\nfile = \"" + path() +
                "\"\nexpect = \"15min\"\nunknown = \"map\"\n") {}
  ~Watched() { std::filesystem::remove(path()); }

  static std::string path() {
    static const TempDirectory kDirectory;
    return (kDirectory.path() / "devices.csv").string();
  }
  static void write(const std::string& devices) { std::ofstream(path()) << devices; }

  void hear(const std::string& station) {
    take(R"({"p": 1, "ts": )" + ts(0) + "}", "air/" + station + "/state");
  }
  std::string now() const { return counts(ingest->attendance()); }
  std::string said_now() {
    const std::size_t before = shelf.lines().size();
    ingest->say_absence();
    std::string text;
    const auto lines = shelf.lines();
    for (std::size_t i = before; i < lines.size(); ++i) text += lines[i] + "\n";
    return text;
  }
  void pass(std::chrono::milliseconds time) { shelf.clock.advance(time); }
  void restart(const std::string& boot) {
    ingest.reset();
    ingest = restarted(boot);
  }
};

}  // namespace

TEST_CASE("freshness: ok, late after expect, missing after three times of it, ok again") {
  Watched gateway;
  CHECK(gateway.now() == "0 ok, 0 late, 0 missing, 2 waiting");
  gateway.hear("s1");
  CHECK(gateway.now() == "1 ok, 0 late, 0 missing, 1 waiting");
  gateway.pass(minutes(15));
  CHECK(gateway.now() == "1 ok, 0 late, 0 missing, 1 waiting");
  gateway.pass(minutes(1));
  CHECK(gateway.now() == "0 ok, 1 late, 0 missing, 1 waiting");
  gateway.pass(minutes(30));
  CHECK(gateway.now() == "0 ok, 0 late, 1 missing, 1 waiting");
  gateway.hear("s1");
  CHECK(gateway.now() == "1 ok, 0 late, 0 missing, 1 waiting");
}

TEST_CASE("freshness: a device that was never heard is late and missing as any other") {
  Watched gateway;
  gateway.pass(minutes(16));
  CHECK(gateway.now() == "0 ok, 1 late, 0 missing, 1 waiting");
  gateway.pass(hours(4));
  CHECK(gateway.now() == "0 ok, 0 late, 2 missing, 0 waiting");
  const auto absent = gateway.ingest->attendance().absent;
  REQUIRE(absent.size() == 2);
  CHECK(absent[0].device == "s1");  // by its own measure the longest
  CHECK(absent[0].silent == hours(4) + minutes(16));
  CHECK(absent[1].expect == hours(1));
}

TEST_CASE("freshness: a stepped clock changes nothing") {
  Watched gateway;
  gateway.hear("s1");
  gateway.shelf.clock.step_wall(hours(24 * 365));
  CHECK(gateway.now() == "1 ok, 0 late, 0 missing, 1 waiting");
}

TEST_CASE("freshness: a reading that comes late was measured then") {
  Watched gateway;
  gateway.take(R"({"p": 1, "ts": )" + gateway.ts(-20 * 60) + "}");
  CHECK(gateway.now() == "0 ok, 1 late, 0 missing, 1 waiting");
  gateway.hear("s1");
  gateway.take(R"({"p": 1, "ts": )" + gateway.ts(-19 * 60) + "}");
  CHECK(gateway.now() == "1 ok, 0 late, 0 missing, 1 waiting");
}

TEST_CASE("freshness: a restart knows it again, and the time away counts for nobody") {
  Watched gateway;
  gateway.hear("s1");
  gateway.hear("s2");
  gateway.pass(minutes(10));
  gateway.hear("s2");
  gateway.ingest.reset();
  gateway.pass(hours(5));
  gateway.restart("first");
  CHECK(gateway.now() == "2 ok, 0 late, 0 missing, 0 waiting");
  gateway.pass(minutes(6));
  CHECK(gateway.now() == "1 ok, 1 late, 0 missing, 0 waiting");  // s1: 10 before and 6 after
}

TEST_CASE("freshness: after a reboot the watch begins anew") {
  Watched gateway;
  gateway.hear("s1");
  gateway.pass(minutes(10));
  gateway.restart("second");
  CHECK(gateway.now() == "0 ok, 0 late, 0 missing, 2 waiting");
  gateway.pass(minutes(10));
  CHECK(gateway.now() == "0 ok, 0 late, 0 missing, 2 waiting");
}

TEST_CASE("freshness: without a file the first reading begins the watch, by its entity") {
  Station gateway(with("expect = \"1min\""));
  CHECK(counts(gateway.ingest->attendance()) == "0 ok, 0 late, 0 missing, 0 waiting");
  gateway.take(gateway.at(0, R"("p": 1)"));
  gateway.shelf.clock.advance(minutes(2));
  const auto absent = gateway.ingest->attendance().absent;
  REQUIRE(absent.size() == 1);
  CHECK(absent[0].device == "urn:ngsi-ld:AirQualityObserved:s1");
  CHECK_FALSE(absent[0].is_missing);
}

TEST_CASE("freshness: a reload keeps what is known and forgets who is gone") {
  Watched gateway;
  gateway.hear("s1");
  gateway.pass(minutes(5));
  Watched::write("key,expect\ns1,3min\ns3,\n");
  gateway.pipeline = gateway.built(with("") + "[devices]\nfile = \"" + Watched::path() +
                                   "\"\nexpect = \"15min\"\nunknown = \"map\"\n");
  gateway.ingest->replace(gateway.pipeline);
  CHECK(gateway.now() == "0 ok, 1 late, 0 missing, 1 waiting");
}

TEST_CASE("freshness: who becomes missing is said once, and once that it is heard again") {
  Watched gateway;
  const auto said = [&] { return gateway.said_now(); };
  gateway.hear("s1");
  CHECK(said() == "");
  gateway.pass(minutes(46));
  CHECK(said() == "device s1 is missing: not heard for 2760 s, expected every 900 s\n");
  gateway.pass(minutes(1));
  CHECK(said() == "");
  gateway.hear("s1");
  CHECK(said() == "");  // not within ten seconds of the last look
  gateway.pass(std::chrono::seconds(10));
  CHECK(said() == "device s1 is heard again\n");
  gateway.pass(minutes(46));
  CHECK(said() == "device s1 is missing: not heard for 2770 s, expected every 900 s\n");
}

TEST_CASE("freshness: when many become missing at once ten are named and the others counted") {
  std::string devices = "key\n";
  for (int i = 0; i < 40; ++i) devices += "d" + std::to_string(i) + "\n";
  Watched gateway(devices);
  gateway.pass(hours(1));
  const std::string said = gateway.said_now();
  CHECK(std::count(said.begin(), said.end(), '\n') == 11);
  CHECK(said.ends_with("30 more devices are missing\n"));
}

TEST_CASE("freshness: at most twenty are named, ten thousand are counted") {
  std::string devices = "key\n";
  for (int n = 0; n < 10'000; ++n) devices += "d" + std::to_string(n) + "\n";
  Watched gateway(devices);
  gateway.pass(hours(1));
  CHECK(gateway.now() == "0 ok, 0 late, 10000 missing, 0 waiting");
  CHECK(gateway.ingest->attendance().absent.size() == 20);
}
