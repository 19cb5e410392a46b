// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "core/json_text.h"
#include "status/exposition.h"
#include "status/openmetrics_grammar.h"
#include "status/process.h"
#include "status/sample.h"
#include "support/emulated.h"

using namespace lamppost;
using namespace lamppost::status;

namespace {

// Everything before the process's own numbers, which differ from run to run.
std::string lamppost_part(const std::string& text) {
  return text.substr(0, text.find("# TYPE process_"));
}

void check_grammar(const std::string& text) {
  for (const auto& fault : MetricsReader::read(text).faults) FAIL_CHECK(fault);
}

}  // namespace

TEST_CASE("openmetrics: the reader of this test refuses what the standard refuses") {
  for (const char* text :
       {"", "# EOF", "x 1\n# EOF\n", "# TYPE x counter\nx 1\n# EOF\n",
        "# TYPE x gauge\nx 1\nx 1\n# EOF\n", "# TYPE x gauge\n# UNIT x bytes\n# EOF\n",
        "# TYPE x gauge\nx{a=\"b\n\"} 1\n# EOF\n", "# TYPE x gauge\nx{a=\"\\t\"} 1\n# EOF\n",
        "# TYPE x gauge\n# TYPE x gauge\n# EOF\n", "# TYPE x gauge\nx\t1\n# EOF\n",
        "# TYPE x gauge\nx{a=\"b\",} 1\n# EOF\n", "# TYPE x gauge\n# EOF\nx 1\n"})
    CHECK_FALSE_MESSAGE(MetricsReader::read(text).faults.empty(), text);
  CHECK(MetricsReader::read("# TYPE x gauge\nx{a=\"b\",c=\"\\n\"} 1.5e-3\n# EOF\n").faults.empty());
}

TEST_CASE("openmetrics: the whole text follows the grammar, busy, idle and empty") {
  check_grammar(to_openmetrics(during_an_outage()));
  check_grammar(to_openmetrics(all_well()));
  check_grammar(to_openmetrics(Snapshot{}));
}

TEST_CASE("openmetrics: every name of the contract is there with its value") {
  const auto samples = MetricsReader::read(to_openmetrics(during_an_outage())).samples;
  const std::map<std::string, std::string> promised{
      {R"(lamppost_readings_received_total{source="site"})", "1225"},
      {R"(lamppost_readings_duplicate_total{source="site"})", "3"},
      {R"(lamppost_readings_late_total{source="site",policy="drop"})", "4"},
      {R"(lamppost_readings_late_total{source="site",policy="send"})", "1"},
      {R"(lamppost_readings_implausible_time_total{source="site"})", "5"},
      {R"(lamppost_readings_malformed_total{source="site",reason="malformed"})", "3"},
      {R"(lamppost_readings_malformed_total{source="site",reason="model"})", "1"},
      {R"(lamppost_entities_stored_total)", "1214"},
      {R"(lamppost_entities_delivered_total{broker="city"})", "1100"},
      {R"(lamppost_entities_dead_total{broker="city",reason="BadRequestData"})", "5"},
      {R"(lamppost_entities_dead_total{broker="city",reason="too_large"})", "2"},
      {R"(lamppost_entities_merged_total)", "4"},
      {R"(lamppost_entities_dropped_total{reason="expired"})", "3"},
      {R"(lamppost_outbox_rows)", "100"},
      {R"(lamppost_outbox_bytes)", "48000"},
      {R"(lamppost_outbox_oldest_seconds)", "125"},
      {R"(lamppost_flash_written_bytes_total)", "3400000"},
      {R"(lamppost_flash_check_ended_seconds)", "1772362800"},
      {R"(lamppost_flash_damaged_rows)", "1"},
      {R"(lamppost_flash_damaged)", "0"},
      {R"(lamppost_clock_trusted)", "1"},
      {R"(lamppost_broker_request_seconds_bucket{broker="city",le="0.005"})", "1"},
      {R"(lamppost_broker_request_seconds_bucket{broker="city",le="1.0"})", "40"},
      {R"(lamppost_broker_request_seconds_bucket{broker="city",le="+Inf"})", "40"},
      {R"(lamppost_broker_request_seconds_count{broker="city"})", "40"},
      {R"(lamppost_broker_request_seconds_sum{broker="city"})", "4.25"}};
  for (const auto& [series, value] : promised) {
    CAPTURE(series);
    REQUIRE(samples.contains(series));
    CHECK(samples.at(series) == value);
  }
}

TEST_CASE("openmetrics: checks of values, counters and devices are counted by what they found") {
  auto now = during_an_outage();
  now.totals.sources["site"].notes = {
      {"quality_spike", 3}, {"quality_dropped", 2}, {"counter_reset", 1}};
  now.devices = {12, 1, 2, 3, 4, {}};
  const auto text = to_openmetrics(now);
  check_grammar(text);
  auto samples = MetricsReader::read(text).samples;
  CHECK(samples[R"(lamppost_readings_flagged_total{source="site",flag="spike"})"] == "3");
  CHECK(samples[R"(lamppost_readings_flagged_total{source="site",flag="dropped"})"] == "2");
  CHECK(samples[R"(lamppost_readings_flagged_total{source="site",flag="range"})"] == "0");
  CHECK(samples[R"(lamppost_counter_breaks_total{source="site",event="reset"})"] == "1");
  CHECK(samples[R"(lamppost_devices{state="ok"})"] == "12");
  CHECK(samples[R"(lamppost_devices{state="late"})"] == "1");
  CHECK(samples[R"(lamppost_devices{state="missing"})"] == "2");
  CHECK(samples[R"(lamppost_devices{state="waiting"})"] == "3");
  CHECK(samples[R"(lamppost_devices{state="unwatched"})"] == "4");
}

TEST_CASE("openmetrics: one family from its first line to its last") {
  const auto text = to_openmetrics(during_an_outage());
  const auto begin = text.find("# TYPE lamppost_outbox_oldest_seconds");
  REQUIRE(begin != std::string::npos);
  const std::string family =
      "# TYPE lamppost_outbox_oldest_seconds gauge\n"
      "# UNIT lamppost_outbox_oldest_seconds seconds\n"
      "# HELP lamppost_outbox_oldest_seconds Age of the oldest queued entity.\n"
      "lamppost_outbox_oldest_seconds 125\n";
  CHECK(text.substr(begin, family.size()) == family);
}

TEST_CASE("openmetrics: the same snapshot gives the same text") {
  CHECK(lamppost_part(to_openmetrics(during_an_outage())) ==
        lamppost_part(to_openmetrics(during_an_outage())));
}

TEST_CASE("openmetrics: several destinations sum up where the contract has no broker label") {
  auto now = during_an_outage();
  now.totals.destinations["region"] = {10, 4, 0, 5, 0, 1, 0};
  now.totals.dropped_by_reason["region"] = {{"expired", 1}, {"full", 2}};
  const auto samples = MetricsReader::read(to_openmetrics(now)).samples;
  CHECK(samples.at("lamppost_entities_stored_total") == "1224");
  CHECK(samples.at("lamppost_entities_merged_total") == "9");
  CHECK(samples.at(R"(lamppost_entities_dropped_total{reason="expired"})") == "4");
  CHECK(samples.at(R"(lamppost_entities_dropped_total{reason="full"})") == "2");
}

TEST_CASE("openmetrics: the books of a destination can be held against each other") {
  auto now = during_an_outage();
  auto samples = MetricsReader::read(to_openmetrics(now)).samples;
  CHECK(samples.at(R"(lamppost_conservation_entities{broker="city",account="queued"})") == "100");
  CHECK(samples.at(R"(lamppost_conservation_balanced{broker="city"})") == "1");
  ++now.totals.destinations["city"].stored;
  samples = MetricsReader::read(to_openmetrics(now)).samples;
  CHECK(samples.at(R"(lamppost_conservation_balanced{broker="city"})") == "0");
}

TEST_CASE("openmetrics: hostile names stay inside their label") {
  const std::string hostile = "a\"} 1\nforged_total{x=\"\\ \xFF\xFE \xC3\xA9";
  auto now = during_an_outage();
  now.gateway = hostile;
  now.sources[0].name = hostile;
  now.destinations[0].name = hostile;
  now.totals.sources[hostile] = {1, 0, 0, 1, 0, 0, {{hostile, 1}}};
  now.totals.destinations[hostile] = {};
  now.totals.dead_by_reason[hostile] = {{hostile, 1}};
  const auto text = to_openmetrics(now);
  check_grammar(text);
  CHECK(is_utf8(text));
  for (const auto& [series, value] : MetricsReader::read(text).samples)
    CHECK_FALSE(series.starts_with("forged"));
  CHECK(text.find(R"(source="a\"} 1\nforged_total{x=\"\\ )") != std::string::npos);
}

TEST_CASE("openmetrics: a histogram without requests is all zeros, never missing") {
  auto now = during_an_outage();
  now.destinations[0].state.request_seconds_buckets.clear();
  now.destinations[0].state.request_seconds_sum = 0;
  const auto samples = MetricsReader::read(to_openmetrics(now)).samples;
  CHECK(samples.at(R"(lamppost_broker_request_seconds_bucket{broker="city",le="+Inf"})") == "0");
  CHECK(samples.at(R"(lamppost_broker_request_seconds_count{broker="city"})") == "0");
}

TEST_CASE("openmetrics: a clock that stepped back makes no negative age") {
  auto now = during_an_outage();
  now.totals.oldest = Timestamp{now.now.ms + 60'000};
  CHECK(MetricsReader::read(to_openmetrics(now)).samples.at("lamppost_outbox_oldest_seconds") ==
        "0");
}

TEST_CASE("process: the kernel's numbers of this process are plausible") {
  const auto facts = process_facts();
  CHECK(facts.open_fds >= 3);
  CHECK(facts.max_fds >= facts.open_fds);
  if (emulated()) {
    MESSAGE("skipped in part: qemu-user has neither memory nor threads in /proc/self/stat");
    return;
  }
  CHECK(facts.resident_bytes > 100'000);
  CHECK(facts.virtual_bytes >= facts.resident_bytes);
  CHECK(facts.threads >= 1);
  CHECK(facts.start_seconds > 1.7e9);
  CHECK(facts.cpu_seconds >= 0);
}

TEST_CASE("process: a command name with spaces and parentheses does not shift the fields") {
  const auto fields = parse_stat(
      "42 (a) b (c)) S 1 42 42 0 -1 4194304 7 8 9 10 11 12 13 14 20 0 3 0 555 1048576 77 18446744");
  REQUIRE(fields);
  CHECK(fields->utime_ticks == 11);
  CHECK(fields->stime_ticks == 12);
  CHECK(fields->threads == 3);
  CHECK(fields->start_ticks == 555);
  CHECK(fields->virtual_bytes == 1'048'576);
  CHECK(fields->resident_pages == 77);
  CHECK_FALSE(parse_stat(""));
  CHECK_FALSE(parse_stat("42 (cut) S 1 42"));
}
