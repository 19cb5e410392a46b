// SPDX-License-Identifier: Apache-2.0
// The fuzzer's door with some thousands of mutated seeds and golden payloads, so that every run of
// the tests, with its sanitizers, does a little fuzzing. A fixed seed makes a failure repeatable.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <regex>
#include <set>
#include <vector>

#include "tests/formats/decode.h"
#include "tests/fuzz/decode_any.h"

namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The payload of a golden case behind its format and topic, "" when it has none.
std::string golden_seed(const fs::path& directory) {
  const std::string config = content_of(directory / "lamppost.toml");
  static const std::regex kFormat(R"re(\nformat *= *"(\w+)")re");
  std::smatch format;
  if (!std::regex_search(config, format, kFormat)) return "";
  const std::string options = content_of(directory / "args");
  static const std::regex kTopic(R"(--topic (\S+))");
  std::smatch topic;
  if (!std::regex_search(options, topic, kTopic)) return "";
  const std::string start = '\0' + format[1].str() + ' ' + topic[1].str() + '\n';
  for (const char* name : {"reading.json", "reading.txt"})
    if (fs::exists(directory / name)) return start + content_of(directory / name);
  std::string hex = content_of(directory / "reading.hex");
  std::erase_if(hex, [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; });
  return start + lamppost::from_hex(hex).value();
}

std::vector<std::string> seeds() {
  std::vector<std::string> found;
  for (const auto& file : fs::directory_iterator(LAMPPOST_SOURCE_DIR "/tests/fuzz/seeds"))
    found.push_back(content_of(file.path()));
  for (const auto& one : fs::directory_iterator(LAMPPOST_SOURCE_DIR "/tests/golden/map"))
    if (std::string seed = golden_seed(one.path()); !seed.empty()) found.push_back(std::move(seed));
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

TEST_CASE("formats: every driver has a seed that it reads") {
  std::set<std::string_view> read;
  for (const std::string& seed : seeds()) read.insert(lamppost::driver_read_by(seed));
  for (const lamppost::Driver* driver : lamppost::drivers()) {
    CAPTURE(driver->name);
    CHECK(read.contains(driver->name));
  }
}

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
