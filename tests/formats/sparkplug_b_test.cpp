// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <regex>

#include "tests/formats/corpus.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

// --- Writing protobuf ---

std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>(number | 0x80);
  return bytes + static_cast<char>(number);
}

std::string number_field(unsigned field, std::uint64_t number) {
  return varint(field << 3) + varint(number);
}

std::string bytes_field(unsigned field, const std::string& bytes) {
  return varint(field << 3 | 2) + varint(bytes.size()) + bytes;
}

std::string real_field(double real) {
  std::string bytes = varint(13 << 3 | 1);
  for (int shift = 0; shift < 64; shift += 8)
    bytes += static_cast<char>(std::bit_cast<std::uint64_t>(real) >> shift);
  return bytes;
}

std::string metric(const std::string& fields) { return bytes_field(2, fields); }

std::string named(const std::string& name, std::uint64_t alias, unsigned datatype) {
  return bytes_field(1, name) + number_field(2, alias) + number_field(4, datatype);
}

std::string payload(int seq, const std::string& metrics) {
  return number_field(1, 1'772'366'400'000) + metrics +
         number_field(3, static_cast<std::uint64_t>(seq));
}

const std::string kAt = "@2026-03-01T12:00:00.000Z";

// One mapping's decoder and what it says to messages that come one after the other.
class Host {
 public:
  explicit Host(DecoderOptions options = {}) : decode_(open("sparkplug_b", std::move(options))) {}
  std::string hears(const std::string& topic, const std::string& bytes) {
    return shown(decode_(reading_of(bytes, "", "spBv1.0/city/" + topic)));
  }

 private:
  Decoder decode_;
};

// Temperature (alias 1, Double) and door (alias 2, Int8) of node n1.
std::string birth(int seq = 0, std::uint64_t session = 7) {
  return payload(seq,
                 metric(bytes_field(1, "bdSeq") + number_field(4, 8) + number_field(11, session)) +
                     metric(named("T", 1, 10) + real_field(21.5)) +
                     metric(named("door", 2, 1) + number_field(10, 0xFFFF'FFFF)));
}

std::string data(int seq, std::uint64_t alias = 1) {
  return payload(seq, metric(number_field(2, alias) + real_field(22)));
}

}  // namespace

TEST_CASE("sparkplug_b: a birth names what data then say by alias") {
  Host host;
  CHECK(host.hears("NBIRTH/n1", birth()) ==
        "n1" + kAt + R"({"T":21.5,"bdSeq":7,"door":-1,"sparkplug.online":true})");
  CHECK(host.hears("NDATA/n1", data(1)) == "n1" + kAt + R"({"T":22.0})");
  CHECK(host.hears("NDATA/n1", payload(2, metric(number_field(2, 2) + number_field(10, 0x80)))) ==
        "n1" + kAt + R"({"door":-128})");
}

TEST_CASE("sparkplug_b: an alias without a birth is refused with that reason") {
  Host host;
  CHECK(host.hears("NDATA/n1", data(1)) ==
        R"(malformed: not Sparkplug B: no birth seen of "n1", so alias 1 means nothing)");
  CHECK(host.hears("NBIRTH/n1", birth()).starts_with("n1@"));
  CHECK(host.hears("NDATA/n1", data(1, 9)) ==
        R"(malformed: not Sparkplug B: alias 9 is not in the birth of "n1")");
  CHECK(host.hears("NDATA/n2", data(1)).starts_with("malformed: "));
  // What names itself and shows its type needs no birth.
  CHECK(host.hears("NDATA/n2", payload(1, metric(bytes_field(1, "door") + number_field(14, 1)))) ==
        "n2" + kAt + R"({"door":true})");
}

TEST_CASE("sparkplug_b: devices have births of their own, and end with those of their node") {
  Host host;
  host.hears("NBIRTH/n1", birth());
  CHECK(host.hears("DBIRTH/n1/d1", payload(1, metric(named("flow", 1, 9) + number_field(12, 0)))) !=
        "");
  CHECK(host.hears("DBIRTH/n1/d1", payload(1, metric(named("flow", 1, 10) + real_field(3)))) ==
        "d1" + kAt + R"({"flow":3.0,"sparkplug.online":true})");
  CHECK(host.hears("DDATA/n1/d1", data(2)) == "d1" + kAt + R"({"flow":22.0})");
  CHECK(host.hears("NDATA/n1", data(3)) == "n1" + kAt + R"({"T":22.0})");
  CHECK(host.hears("DDEATH/n1/d1", payload(4, "")) == R"(d1{"sparkplug.online":false})");
  // Aliases of a node are its own, so the node's stands in.
  CHECK(host.hears("DDATA/n1/d1", data(5)) == "d1" + kAt + R"({"T":22.0})");
  host.hears("DBIRTH/n1/d1", payload(6, metric(named("flow", 5, 10) + real_field(3))));
  host.hears("NBIRTH/n1", birth());
  CHECK(host.hears("DDATA/n1/d1", data(1, 5)) ==
        R"(malformed: not Sparkplug B: no birth seen of "d1", so alias 5 means nothing)");
}

TEST_CASE("sparkplug_b: a death takes the devices along, unless it is of an earlier session") {
  Host host;
  host.hears("NBIRTH/n1", birth());
  host.hears("DBIRTH/n1/d1", payload(1, metric(named("flow", 5, 10) + real_field(3))));
  const auto death = [](std::uint64_t session) {
    return payload(
        0, metric(bytes_field(1, "bdSeq") + number_field(4, 8) + number_field(11, session)));
  };
  CHECK(host.hears("NDEATH/n1", death(6)) == "");
  CHECK(host.hears("NDATA/n1", data(2)) == "n1" + kAt + R"({"T":22.0})");
  CHECK(host.hears("NDEATH/n1", death(7)) ==
        R"(n1{"bdSeq":7,"sparkplug.online":false} d1{"sparkplug.online":false})");
  CHECK(host.hears("NDATA/n1", data(3)).find("no birth seen") != std::string::npos);
}

TEST_CASE("sparkplug_b: missing sequence numbers are counted, the data is kept") {
  Host host;
  host.hears("NBIRTH/n1", birth(254));
  CHECK(host.hears("NDATA/n1", data(255)) == "n1" + kAt + R"({"T":22.0})");
  CHECK(host.hears("NDATA/n1", data(0)) == "n1" + kAt + R"({"T":22.0})");
  CHECK(host.hears("NDATA/n1", data(4)) == "n1" + kAt + R"({"T":22.0,"sparkplug.lost":3})");
  CHECK(host.hears("NDATA/n1", data(4)) == "n1" + kAt + R"({"T":22.0})");  // again
  CHECK(host.hears("NDATA/n1", data(2)) == "n1" + kAt + R"({"T":22.0})");  // overtaken
  CHECK(host.hears("NDATA/n1", data(5)) == "n1" + kAt + R"({"T":22.0})");
}

TEST_CASE("sparkplug_b: units, bad quality, null, times of metrics, and what is left out") {
  const auto property = [](const std::string& key, const std::string& value) {
    return bytes_field(9, bytes_field(1, key) + bytes_field(2, value));
  };
  Host host;
  CHECK(host.hears(
            "NBIRTH/n1",
            payload(0, metric(named("T", 1, 9) + real_field(1) +
                              property("engUnit", number_field(1, 12) + bytes_field(8, "Cel"))))) ==
        "n1" + kAt + R"({"T":"1.0 CEL","sparkplug.online":true})");
  CHECK(host.hears("NDATA/n1",
                   payload(1, metric(number_field(2, 1) + number_field(3, 1'772'366'399'000) +
                                     real_field(2)))) ==
        R"(n1@2026-03-01T11:59:59.000Z{"T":"2.0 CEL"})");
  CHECK(host.hears("NDATA/n1", payload(2, metric(number_field(2, 1) + number_field(7, 1)))) ==
        "n1" + kAt + R"({"T":"null CEL"})");
  CHECK(host.hears("NDATA/n1", payload(3, metric(number_field(2, 1) + real_field(2) +
                                                 property("Quality", number_field(3, 0))))) ==
        "n1" + kAt + R"({"T":"null CEL"})");
  CHECK(host.hears("NDATA/n1", payload(4, metric(number_field(2, 1) + number_field(10, 5)))) == "");
  CHECK(host.hears("NDATA/n1", payload(5, metric(named("set", 8, 16) + bytes_field(17, "")))) ==
        "");
}

TEST_CASE("sparkplug_b: commands and states are no observations of a mapping") {
  const std::string command = payload(0, metric(named("T", 1, 11) + number_field(14, 1)));
  CHECK(Host(wanting({"T"})).hears("DCMD/n1/d1", command) == "");
  CHECK(Host().hears("DCMD/n1/d1", command) == "d1" + kAt + R"({"T":true})");
  CHECK(shown(open("sparkplug_b")(reading_of("{\"online\":true}", "", "spBv1.0/STATE/host"))) ==
        "");
}

TEST_CASE("sparkplug_b: what is cut off or no such message is refused") {
  Host host;
  CHECK(host.hears("NBIRTH/n1", "{\"a\":1}").starts_with("malformed: not Sparkplug B: "));
  CHECK(host.hears("NDATA/n1", number_field(3, 256)) ==
        "malformed: not Sparkplug B: seq is above 255");
  CHECK(host.hears("NDATA/n1", number_field(1, UINT64_MAX)) ==
        "malformed: not Sparkplug B: a time beyond the year 9999");
  CHECK(host.hears("NDATA/n1", metric(bytes_field(1, "\xff"))) ==
        "malformed: not Sparkplug B: a name that is not UTF-8");
  CHECK(host.hears("NDATA/n1", metric(bytes_field(10, "x"))) ==
        "malformed: not Sparkplug B: field 10 of a metric is of a wrong type");
  check_truncations(open("sparkplug_b"), reading_of(birth(), "", "spBv1.0/city/NBIRTH/n1"));
}

TEST_CASE("sparkplug_b: what births leave behind is bounded") {
  Host host;
  const std::string large = metric(named(std::string(60'000, 'x'), 1, 10) + real_field(1));
  for (int i = 0; i < 400; ++i)
    host.hears("DBIRTH/n1/d" + std::to_string(i), payload(i % 256, large));
  CHECK(host.hears("DDATA/n1/d0", data(0)).find("no birth seen") != std::string::npos);
  CHECK(host.hears("DDATA/n1/d399", data(0)).starts_with("d399@"));
  for (int i = 0; i < 400; ++i) host.hears("NBIRTH/m" + std::to_string(i), payload(0, large));
  CHECK(host.hears("NDATA/m0", data(1)).find("no birth seen") != std::string::npos);
  CHECK(host.hears("NDATA/m399", data(1)).starts_with("m399@"));
}

namespace {

// Names and values that a source expects: the metrics of its JSON, or protoc's text.
Json expected_metrics(const Json& expected) {
  Json values = Json::object();
  if (expected.contains("metrics"))
    for (const Json& one : expected["metrics"])
      if (one.contains("value") && !one["value"].is_structured())
        values[one["name"]] = one["value"];
  static const std::regex kMetric(
      R"re(metrics \{\s+name: "([^"]+)"[^}]*?\w+_value: ("[^"]*"|\S+)\s+\})re");
  const std::string text = expected.value("text", "");
  for (std::sregex_iterator it(text.begin(), text.end(), kMetric), end; it != end; ++it)
    values[(*it)[1].str()] = Json::parse((*it)[2].str());
  return values;
}

}  // namespace

TEST_CASE("corpus: sparkplug-b") {
  Tally tally("sparkplug-b");
  for (const Json& one : corpus_cases("sparkplug-b")) {
    const auto seen = open("sparkplug_b")(reading_of(payload_of(one), "", topic_of(one)));
    const Json wanted = expected_metrics(one["expected"]);
    const bool by_alias_only = wanted.empty() && topic_of(one).find("DATA") != std::string::npos;
    if (by_alias_only && !seen) {
      tally.refused_as_expected();  // a vector called "data before birth"
      continue;
    }
    Json values = Json::object();
    if (seen)
      for (const ObservationGroup& group : *seen) values.update(object_of(group));
    values.erase("sparkplug.online");
    tally.check(one["id"], seen.ok() && values == wanted, shown(seen) + wanted.dump());
  }
  tally.finish();
}
