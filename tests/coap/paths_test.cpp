// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/paths.h"

#include <doctest/doctest.h>

using namespace lamppost;
using namespace lamppost::coap;

namespace {

using Texts = std::vector<std::string_view>;

bool wants(const std::string& filter, const Texts& path) {
  return Paths(std::vector<Path>{{filter, ""}}).wants(path);
}

std::string why_not(const Texts& path) {
  const auto topic = topic_of(path);
  return topic.ok() ? "a topic: " + *topic : topic.error().text;
}

}  // namespace

TEST_CASE("paths: a filter takes exactly the levels it names") {
  CHECK(wants("weather", {"weather"}));
  CHECK_FALSE(wants("weather", {"Weather"}));
  CHECK_FALSE(wants("weather", {"weather", "x"}));
  CHECK_FALSE(wants("weather", {"weather", ""}));
  CHECK_FALSE(wants("weather", {}));
  CHECK(wants("air/+/state", {"air", "s1", "state"}));
  CHECK(wants("air/+/state", {"air", "", "state"}));
  CHECK_FALSE(wants("air/+/state", {"air", "state"}));
  CHECK_FALSE(wants("air/+/state", {"air", "s1", "s2", "state"}));
  CHECK_FALSE(wants("air/+/state", {"air", "s1"}));
}

TEST_CASE("paths: a hash takes none, one or many levels") {
  CHECK(wants("meters/#", {"meters"}));
  CHECK(wants("meters/#", {"meters", "a"}));
  CHECK(wants("meters/#", {"meters", "a", "b", "c"}));
  CHECK_FALSE(wants("meters/#", {"meter"}));
  CHECK(wants("#", {"anything", "at", "all"}));
  CHECK_FALSE(wants("#", {}));
}

TEST_CASE("paths: a leading wildcard leaves levels that start with a dollar alone, as MQTT does") {
  CHECK_FALSE(wants("#", {"$SYS", "uptime"}));
  CHECK_FALSE(wants("+/uptime", {"$SYS", "uptime"}));
  CHECK(wants("$SYS/#", {"$SYS", "uptime"}));
  CHECK(wants("a/+", {"a", "$b"}));
}

TEST_CASE("paths: segments become a topic") {
  CHECK(*topic_of(Texts{"air", "s1", "state"}) == "air/s1/state");
  CHECK(*topic_of(Texts{"air", "", "state"}) == "air//state");
  CHECK(*topic_of(Texts{"caf\xC3\xA9", "50% off"}) == "caf\xC3\xA9/50% off");
}

TEST_CASE("paths: a segment that would forge or widen a topic is none") {
  CHECK(why_not({"air", "s1/state"}) == "a path segment holds '/'");
  CHECK(why_not({"air", "+"}) == "a path segment holds '+'");
  CHECK(why_not({"air", "s#1"}) == "a path segment holds '#'");
  CHECK(why_not({"air", std::string_view("s\0", 2)}) == "a path segment holds a control character");
  CHECK(why_not({"a\nb"}) == "a path segment holds a control character");
  CHECK(why_not({"a\x7F"}) == "a path segment holds a control character");
  CHECK(why_not({"a\xFF"}) == "the path is not UTF-8");
  CHECK(why_not({"\xC3", "\xA9"}) == "the path is not UTF-8");
  CHECK(why_not({}) == "the path is empty");
  CHECK(why_not({""}) == "the path is empty");
}

TEST_CASE("paths: the listing is link format with formats and titles") {
  const Paths paths({{"weather", "weather"}, {"air/+/state", "air/{station}/state"}, {"#", ""}});
  CHECK(paths.links() ==
        "</weather>;ct=\"0 50 60 110 112 11542 11543\";title=\"weather\","
        "</air>;ct=\"0 50 60 110 112 11542 11543\";title=\"air/{station}/state\","
        "</>;ct=\"0 50 60 110 112 11542 11543\"");
  CHECK(Paths(std::vector<Path>{}).links() == "");
}

TEST_CASE("paths: the listing escapes what link format would misread and lists a path once") {
  CHECK(Paths(std::vector<Path>{{"a b/<c>,d", "say \"hi\"\\\n"}}).links() ==
        "</a%20b/%3Cc%3E,d>;ct=\"0 50 60 110 112 11542 11543\";title=\"say \\\"hi\\\"\\\\\"");
  CHECK(Paths(std::vector<Path>{{"x", "x"}, {"x", "x"}}).links() ==
        "</x>;ct=\"0 50 60 110 112 11542 11543\";title=\"x\"");
}
