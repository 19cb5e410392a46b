// SPDX-License-Identifier: Apache-2.0
// The fuzzer's door with some thousands of mutated seeds, so that every run of the tests, with its
// sanitizers, does a little fuzzing. A fixed seed makes a failure repeatable.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "tests/fuzz/decode_any.h"

namespace {

std::vector<std::string> seeds() {
  std::vector<std::string> found;
  for (const auto& file :
       std::filesystem::directory_iterator(LAMPPOST_SOURCE_DIR "/tests/fuzz/seeds")) {
    std::ifstream in(file.path(), std::ios::binary);
    found.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  std::sort(found.begin(), found.end());  // the order of a directory is nobody's promise
  return found;
}

void mutate(std::string& input, std::mt19937& random, const std::vector<std::string>& all) {
  const auto any = [&](std::size_t below) { return below == 0 ? 0 : random() % below; };
  const std::size_t at = any(input.size());
  switch (random() % 6) {
    case 0:
      input.resize(at);
      return;
    case 1:
      if (!input.empty()) input[at] = static_cast<char>(random());
      return;
    case 2:
      if (!input.empty()) input[at] = static_cast<char>(input[at] ^ (1 << random() % 8));
      return;
    case 3:
      input.insert(at, 1 + random() % 3, static_cast<char>(random()));
      return;
    case 4:
      input.erase(at, 1 + random() % 4);
      return;
    default: {
      const std::string& other = all[any(all.size())];
      input.insert(at, other.substr(any(other.size()), random() % 32));
    }
  }
}

}  // namespace

TEST_CASE("formats: mutated inputs break no decoder and no promise") {
  const unsigned seed = 20'260'301;
  MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  const auto all = seeds();
  REQUIRE(all.size() >= 10);
  for (const std::string& good : all) CHECK(lamppost::decode_any(good) == "");
  for (int round = 0; round < 4'000; ++round) {
    std::string input = all[random() % all.size()];
    for (unsigned change = 1 + random() % 4; change > 0; --change) mutate(input, random, all);
    CAPTURE(input);
    CHECK(lamppost::decode_any(input) == "");
  }
}
