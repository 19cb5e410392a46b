// SPDX-License-Identifier: Apache-2.0
#include "mapping/topic.h"

#include <doctest/doctest.h>

#include "mapping/text_template.h"

using namespace lamppost;
using mapping::TopicTemplate;

namespace {

// The captures as "name=value name=value", or "no" when the topic does not match.
std::string matched(std::string_view pattern, std::string_view topic) {
  const auto compiled = TopicTemplate::parse(pattern);
  REQUIRE(compiled.ok());
  std::vector<std::pair<std::string, std::string>> captures;
  if (!compiled->match(topic, captures)) return "no";
  std::string text;
  for (const auto& [name, value] : captures) text += (text.empty() ? "" : " ") + name + "=" + value;
  return text;
}

std::string fault(std::string_view pattern) {
  const auto compiled = TopicTemplate::parse(pattern);
  return compiled.ok() ? "none" : compiled.error().text;
}

}  // namespace

TEST_CASE("topic: a capture holds one level, {name...} all that remain") {
  CHECK(matched("air/{station}/state", "air/centrum-1/state") == "station=centrum-1");
  CHECK(matched("zigbee2mqtt/{name...}", "zigbee2mqtt/hall/door") == "name=hall/door");
  CHECK(matched("{a}/{b}", "x/y") == "a=x b=y");
  CHECK(matched("{a}/x", "/x") == "a=");
}

TEST_CASE("topic: levels match whole or not at all") {
  CHECK(matched("air/{station}/state", "air/1/2/state") == "no");
  CHECK(matched("air/{station}/state", "air/1/states") == "no");
  CHECK(matched("air/+", "air") == "no");
  CHECK(matched("air/+", "air/") == "");
  CHECK(matched("air", "air/") == "no");
  CHECK(matched("air", "") == "no");
}

TEST_CASE("topic: # matches the parent too, a capture of the rest needs something to hold") {
  CHECK(matched("air/#", "air") == "");
  CHECK(matched("air/#", "air/1/2") == "");
  CHECK(matched("air/{rest...}", "air") == "no");
}

TEST_CASE("topic: wildcards do not reach into $SYS") {
  CHECK(matched("#", "$SYS/broker/uptime") == "no");
  CHECK(matched("+/broker/uptime", "$SYS/broker/uptime") == "no");
  CHECK(matched("$SYS/{rest...}", "$SYS/broker") == "rest=broker");
}

TEST_CASE("topic: what to subscribe to") {
  CHECK(TopicTemplate::parse("air/{station}/{rest...}")->filter() == "air/+/#");
  CHECK(TopicTemplate::parse("air/{station}/{rest...}")->capture_names() ==
        std::vector<std::string>{"station", "rest"});
}

TEST_CASE("topic: a wrong template says what is wrong with it") {
  CHECK(fault("a/#/b") == "has \"#\" before its last level");
  CHECK(fault("a/{rest...}/b") == "has \"{rest...}\" before its last level");
  CHECK(fault("a/b+") == "has \"b+\" in a level; +, # and {capture} stand for whole levels");
  CHECK(fault("a/x{y}") == "has \"x{y}\" in a level; +, # and {capture} stand for whole levels");
  CHECK(fault("{a}/{a}") == "captures {a} twice");
  CHECK(fault("{1a}") ==
        "has the capture \"{1a}\"; a capture is {name}, or {name...} for all that remains");
  CHECK(fault("") == "is empty; write a topic such as \"air/{station}/state\"");
}

TEST_CASE("topic: two filters overlap when some topic could match both") {
  CHECK(mapping::overlap("a/+", "a/b"));
  CHECK(mapping::overlap("a/#", "a/b/c"));
  CHECK(mapping::overlap("a/#", "a"));
  CHECK(mapping::overlap("+/b", "a/+"));
  CHECK_FALSE(mapping::overlap("a/+", "a/b/c"));
  CHECK_FALSE(mapping::overlap("a/b", "a/c"));
  CHECK_FALSE(mapping::overlap("a", "a/b"));
}

TEST_CASE("text_template: captures are filled in, missing ones are named") {
  const auto id = mapping::TextTemplate::parse("urn:ngsi-ld:Device:{site}-{n}");
  REQUIRE(id.ok());
  CHECK(*id->expand({{"site", "a"}, {"n", "1"}}) == "urn:ngsi-ld:Device:a-1");
  CHECK(id->expand({{"site", "a"}}).error().text == "the payload has nothing for {n}");
  CHECK(mapping::TextTemplate::parse("a{b").error().text == "has a \"{\" without \"}\"");
  CHECK(mapping::TextTemplate::parse("a}b").error().text == "has a \"}\" without \"{\"");
  CHECK(mapping::TextTemplate::parse("a{}b").error().text == "has an empty capture {}");
}
