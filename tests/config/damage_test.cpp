// SPDX-License-Identifier: Apache-2.0
// Damaged configurations: whatever happens to the bytes, loading ends with findings or a
// configuration, and never with a crash (the sanitizers watch).
#include <doctest/doctest.h>

#include <random>

#include "tests/config/project.h"

using namespace lamppost;
using namespace lamppost::config;

namespace {

constexpr std::uint32_t kSeed = 20'260'301;
constexpr int kRounds = 60;

std::string annotated() {
  std::ifstream in(LAMPPOST_SOURCE_DIR "/config/lamppost.toml");
  std::string line, text;
  // Without comments, so that most damage hits something that means something.
  while (std::getline(in, line))
    if (!line.empty() && line[0] != '#') text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("damage: every truncation of the annotated configuration is loaded or explained") {
  const std::string whole = annotated();
  Project project;
  for (std::size_t size = 1; size < whole.size(); size += 37) {
    CAPTURE(size);
    const Config config = project.load(whole.substr(0, size));
    CHECK((!project.printed().empty() || !config.mappings.empty()));
  }
}

TEST_CASE("damage: random bytes in the annotated configuration are loaded or explained") {
  std::mt19937 random(kSeed);
  const std::string whole = annotated();
  constexpr std::string_view kBytes = "=[]{}\"'.,#\n -0eE\\\x01\xC3\xFF";
  Project project;
  for (int round = 0; round < kRounds; ++round) {
    std::string text = whole;
    for (int hits = 0; hits < 3; ++hits)
      text[random() % text.size()] = kBytes[random() % kBytes.size()];
    CAPTURE(round);
    project.load(text);
    for (const auto& finding : project.findings().all()) {
      CHECK_FALSE(finding.text.empty());
      CHECK(finding.where.excerpt.size() <= 240);
    }
  }
}
