// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/json_tree.h"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

using namespace lamppost;
using namespace lamppost::formats;

namespace {

// Few keys, and some that look like indexes: the same ones turn up everywhere.
constexpr auto kKeys = std::to_array<const char*>({"a", "b", "c", "0", "1"});

class Random {
 public:
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  const char* key() { return kKeys[below(kKeys.size())]; }

  Json tree(int levels) {
    const auto kind = levels == 0 ? 2 : below(3);
    if (kind == 2) return below(1000);
    Json made = kind == 0 ? Json::object() : Json::array();
    for (auto left = below(5); left > 0; --left) {
      if (kind == 0)
        made[key()] = tree(levels - 1);
      else
        made.push_back(tree(levels - 1));
    }
    return made;
  }

  Pointer pointer() {
    std::string text;
    for (auto left = below(5); left > 0; --left) (text += '/') += key();
    return parse_pointer(text).value();
  }

 private:
  std::mt19937 engine_{7};
};

std::string pruned(const std::string& text, const std::vector<std::string>& pointers) {
  std::vector<Pointer> wanted;
  for (const auto& pointer : pointers) wanted.push_back(parse_pointer(pointer).value());
  const Branches branches(wanted);
  const auto tree = json_to_tree(text, &branches);
  return tree ? tree->dump() : tree.error().text;
}

}  // namespace

TEST_CASE("json tree: only members that a pointer leads through are kept") {
  const std::string text = R"({"t":1,"x":{"t":2,"y":[3,{"t":4}]},"r":[{"t":5,"u":6}],"t":7})";
  CHECK(pruned(text, {"/t"}) == R"({"t":7})");
  CHECK(pruned(text, {"/x"}) == R"({"x":{"t":2,"y":[3,{"t":4}]}})");
  CHECK(pruned(text, {"/x/y"}) == R"({"x":{"y":[3,{"t":4}]}})");
  CHECK(pruned(text, {"/r/0"}) == R"({"r":[{"t":5,"u":6}]})");
  CHECK(pruned(text, {"/r/0/u"}) == R"({"r":[{"u":6}]})");
  CHECK(pruned(text, {"/none"}) == "{}");
  CHECK(pruned(text, {""}) == Json::parse(text).dump());
  CHECK(pruned("[[1,{\"a\":2}],3]", {"/0"}) == "[[1,{\"a\":2}],3]");
}

TEST_CASE("json tree: what is not kept is checked all the same") {
  CHECK(pruned(R"({"x":{"y":[1,}})", {"/t"}).starts_with("not JSON: "));
  CHECK(pruned(R"({"x":1e999})", {"/t"}) ==
        "not JSON: a number beyond the range of 64-bit reals at byte 5");
  const std::string deep(kMaxJsonDepth, '[');
  CHECK(pruned("{\"x\":" + deep, {"/t"}) == "not JSON: nested deeper than 64 levels");
  std::string many = "{\"x\":[0";
  for (std::size_t i = 0; i < kMaxJsonValues; ++i) many += ",0";
  CHECK(pruned(many + "]}", {"/t"}) == "not JSON: more than 200000 values");
}

TEST_CASE("json tree: a pointer finds the same in the whole tree and in its branches") {
  Random random;
  std::size_t found = 0;
  for (int round = 0; round < 20'000; ++round) {
    const Json whole = random.tree(4);
    std::vector<Pointer> pointers;
    for (auto left = 1 + random.below(3); left > 0; --left) pointers.push_back(random.pointer());
    const Branches branches(pointers);
    const auto tree = json_to_tree(whole.dump(), &branches);
    REQUIRE(tree);
    for (const auto& pointer : pointers) {
      CAPTURE(whole.dump());
      CAPTURE(pointer.text);
      const Json *expected = find(whole, pointer), *seen = find(*tree, pointer);
      REQUIRE((expected == nullptr) == (seen == nullptr));
      if (expected == nullptr) continue;
      REQUIRE(*seen == *expected);
      ++found;
    }
  }
  CHECK(found > 5'000);
}
