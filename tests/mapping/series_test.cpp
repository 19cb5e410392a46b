// SPDX-License-Identifier: Apache-2.0
#include "mapping/series.h"

#include <map>

#include "mapping_fixture.h"

using namespace lamppost;
using namespace lamppost::mapping;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

struct Memory : SeriesMemory {
  std::map<std::uint64_t, Track> tracks;
  std::optional<Track> recall(std::uint64_t key) override {
    const auto found = tracks.find(key);
    return found == tracks.end() ? std::nullopt : std::optional(found->second);
  }
  void remember(std::uint64_t key, const Track& track) override { tracks[key] = track; }
};

// A counter that was last read at noon.
Track counted(double count) { return {kNoon.ms, count, 0, 0, 0, false}; }
constexpr Timestamp kLater{kNoon.ms + 60'000};

std::optional<double> passed(const config::DeltaRule& rule, double before, double count) {
  return difference(rule, counted(before), count, kLater).value;
}

// Readings of a value, a minute apart, and what becomes of each.
struct Series {
  config::QualityRule rule;
  std::optional<Track> track = {};
  Timestamp at = kNoon;

  std::string next(double value, std::chrono::milliseconds after = minutes(1)) {
    at.ms += after.count();
    return quality_text(flags_in_series(rule, track, value, at, track));
  }
};

config::QualityRule spikes(double jump) {
  config::QualityRule rule;
  rule.spike = jump;
  return rule;
}

}  // namespace

TEST_CASE("difference: what a counter has counted, over its end as well") {
  config::DeltaRule u16;
  u16.wraps_at = 65536;
  CHECK(*passed(u16, 100, 130) == 30);
  CHECK(*passed(u16, 100, 100) == 0);
  CHECK(*passed(u16, 65530, 4) == 10);
  config::DeltaRule endless;
  CHECK(*passed(endless, 1e15, 1e15 + 5) == 5);
}

TEST_CASE("difference: a counter that falls by less than half a turn was set back") {
  config::DeltaRule u16;
  u16.wraps_at = 65536;
  CHECK_FALSE(passed(u16, 1000, 5).has_value());
  CHECK(difference(u16, counted(1000), 5, kLater).is_reset);
  u16.restarts_at_zero = true;
  CHECK(*passed(u16, 1000, 5) == 5);
  CHECK_FALSE(passed({}, 1000, 999).has_value());
}

TEST_CASE("difference: most decides what to believe, upwards as well") {
  config::DeltaRule meter;
  meter.wraps_at = 100'000;
  meter.most = 50;
  CHECK(*passed(meter, 99'990, 20) == 30);
  CHECK_FALSE(passed(meter, 99'990, 60).has_value());
  CHECK_FALSE(passed(meter, 100, 151).has_value());  // another meter was put in
  CHECK(*passed(meter, 100, 150) == 50);
}

TEST_CASE("difference: the first reading and a late one have none") {
  CHECK(difference({}, std::nullopt, 7, kNoon).is_first);
  CHECK_FALSE(difference({}, std::nullopt, 7, kNoon).value.has_value());
  const auto late = difference({}, counted(100), 90, Timestamp{kNoon.ms - 1});
  CHECK(late.is_late);
  CHECK_FALSE(late.is_reset);
  CHECK_FALSE(late.value.has_value());
  CHECK(difference({}, counted(100), 101, kNoon).value == 1);  // two in one millisecond
}

TEST_CASE("quality: a jump that goes back is a spike, one that stays is a step") {
  Series series{spikes(5)};
  CHECK(series.next(20) == "good");
  CHECK(series.next(25) == "good");
  CHECK(series.next(40) == "spike");
  CHECK(series.next(24) == "good");
  CHECK(series.next(40) == "spike");
  CHECK(series.next(41) == "good");  // it stays there
  CHECK(series.next(38) == "good");
  CHECK(series.next(20) == "spike");
  CHECK(series.next(60) == "spike");  // not beside the one before
}

TEST_CASE("quality: a change faster than max_rate, until time has caught up with it") {
  config::QualityRule rule;
  rule.max_rate = 2;
  rule.per = minutes(10);
  Series series{rule};
  CHECK(series.next(20) == "good");
  CHECK(series.next(21.9, minutes(10)) == "good");
  CHECK(series.next(25, minutes(10)) == "rate");
  CHECK(series.next(25, minutes(10)) == "good");  // 3.1 in 20 minutes
}

TEST_CASE("quality: a step is believed at once although it is faster than max_rate") {
  auto rule = spikes(5);
  rule.max_rate = 2;
  rule.per = minutes(10);
  Series series{rule};
  CHECK(series.next(20) == "good");
  CHECK(series.next(40) == "rate spike");
  CHECK(series.next(41) == "rate");  // it stays: from now on this is what the next is held against
  CHECK(series.next(41) == "good");
  CHECK(series.next(60) == "rate spike");
  CHECK(series.next(44) == "rate");  // back, within a jump of the good one: no step
  CHECK(series.next(44) == "rate");
}

TEST_CASE("quality: the same value for too long is flat, from then on until it moves") {
  config::QualityRule rule;
  rule.flat = hours(1);
  Series series{rule};
  CHECK(series.next(20) == "good");
  CHECK(series.next(20, minutes(59)) == "good");
  CHECK(series.next(20, minutes(1)) == "flat");
  CHECK(series.next(20, hours(3)) == "flat");
  CHECK(series.next(20.01) == "good");
}

TEST_CASE("quality: a late reading is held against nothing and changes nothing") {
  Series series{spikes(5)};
  series.next(20);
  const auto before = series.track;
  CHECK(series.next(90, minutes(-5)) == "good");
  CHECK(series.track->last == before->last);
  CHECK(series.track->at_ms == before->at_ms);
}

TEST_CASE("quality: several flags stand in a fixed order") {
  CHECK(quality_text(config::bit(config::Flag::kSpike) | config::bit(config::Flag::kRange)) ==
        "range spike");
}

namespace {

// A rain gauge of 0.2 mm a tip, and a temperature that is looked at.
struct Mast : Setup {
  Memory memory;

  Mast() {
    entity.model = here("WeatherObserved");
    auto rain = rule("precipitation", "/tips");
    rain.delta.emplace().wraps_at = 65536;
    rain.scale = 0.2;
    auto temperature = rule("temperature", "/t");
    auto& quality = temperature.quality.emplace();
    quality.least = -30;
    quality.most = 50;
    quality.sentinel = {-40};
    entity.attributes = {rain, temperature};
  }
  config::QualityRule& quality() { return *entity.attributes[1].quality; }

  Mapped reading(double tips, double t) {
    auto mapped = run(group({{"/tips", tips, ""}, {"/t", t, ""}}));
    REQUIRE(mapped.ok());
    complete(mapped->front(), memory);
    return mapped->front();
  }
};

std::string quality_of(const Mapped& mapped) {
  for (const auto& attribute : mapped.update.attributes)
    for (const auto& detail : attribute.details)
      if (detail.name == "quality") return attribute.name + " " + detail.value.get<std::string>();
  return "";
}

}  // namespace

TEST_CASE("complete: the difference leaves, scaled, and the first reading brings none") {
  Mast mast;
  const auto first = mast.reading(65530, 21);
  CHECK_FALSE(ngsi_ld::to_key_values(first.update).contains("precipitation"));
  CHECK(first.notes == std::vector<std::string_view>{"counter_first"});
  const auto second = mast.reading(4, 21);
  CHECK(ngsi_ld::to_key_values(second.update)["precipitation"] == 2);
  CHECK(second.notes.empty());
}

TEST_CASE("complete: a flagged value is sent with its quality, a good one says so") {
  Mast mast;
  CHECK(quality_of(mast.reading(1, 21)) == "temperature good");
  const auto hot = mast.reading(1, 51);
  CHECK(quality_of(hot) == "temperature range");
  CHECK(ngsi_ld::to_key_values(hot.update)["temperature"] == 51);
  CHECK(hot.notes == std::vector<std::string_view>{"quality_range"});
  CHECK(quality_of(mast.reading(1, -40)) == "temperature sentinel");
}

TEST_CASE("complete: drop leaves it out, and only for the flags that it names") {
  Mast mast;
  mast.quality().drop = config::bit(config::Flag::kSentinel);
  mast.reading(1, 20);
  const auto fault = mast.reading(2, -40);
  CHECK_FALSE(ngsi_ld::to_key_values(fault.update).contains("temperature"));
  CHECK(fault.notes == std::vector<std::string_view>{"quality_sentinel", "quality_dropped"});
  CHECK(ngsi_ld::to_key_values(mast.reading(2, 51).update)["temperature"] == 51);
}

TEST_CASE("complete: what stands for a fault is no value to measure others by") {
  Mast mast;
  mast.quality().spike = 5;
  mast.reading(1, 20);
  mast.reading(1, -40);
  CHECK(quality_of(mast.reading(1, 21)) == "temperature good");
}

TEST_CASE("complete: nothing is left to send when all was left out") {
  Mast mast;
  mast.entity.attributes.pop_back();
  auto mapped = mast.run(group({{"/tips", 5, ""}}));
  complete(mapped->front(), mast.memory);
  CHECK(mapped->front().update.attributes.empty());
  CHECK(mapped->front().reason == "");
}

TEST_CASE("complete: a dead entity leaves the counter where it was") {
  Mast mast;
  mast.entity.attributes.push_back(rule("relativeHumidity", "/rh"));
  const auto next = [&](double tips, double humidity) {
    auto mapped = mast.run(group({{"/tips", tips, ""}, {"/rh", humidity, ""}}));
    complete(mapped->front(), mast.memory);
    return mapped->front();
  };
  next(10, 0.5);
  CHECK(next(20, 7).pointer == "/relativeHumidity");
  CHECK(ngsi_ld::to_key_values(next(30, 0.5).update)["precipitation"] == 4);
}

TEST_CASE("complete: a dew point is as good as what it is made of") {
  Mast mast;
  config::AttributeRule dew = rule("dewPoint", "");
  dew.from.clear();
  dew.derive = here("dew_point");
  dew.of = {here("temperature"), here("relativeHumidity")};
  mast.entity.attributes.push_back(rule("relativeHumidity", "/rh"));
  mast.entity.attributes.push_back(dew);
  auto mapped = mast.run(group({{"/t", 55, ""}, {"/rh", 0.5, ""}}));
  complete(mapped->front(), mast.memory);
  const auto& made = mapped->front().update.attributes;
  const auto found = std::find_if(made.begin(), made.end(),
                                  [](const auto& one) { return one.name == "dewPoint"; });
  REQUIRE(found != made.end());
  REQUIRE(found->details.size() == 1);
  CHECK(found->details[0].value == "range");
}

TEST_CASE("complete: a mapping without any of it is finished by map()") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/p")};
  const auto mapped = setup.run(group({{"/p", 7, ""}}));
  CHECK(mapped->front().open.empty());
}
