// SPDX-License-Identifier: Apache-2.0
// What a profile of a broker stands for.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "config/broker_profile.h"
#include "tests/config/project.h"

using namespace lamppost;
using namespace lamppost::config;

TEST_CASE("load: a profile gives defaults, and what is written beats it") {
  Project project;
  const auto city = [&](const std::string& keys) {
    return project.load(std::string(kSite) + kCity + keys + kAir).brokers.at(0);
  };
  const Broker stellio = city("profile = \"stellio\"\n");
  CHECK(stellio.max_entities == 75);
  CHECK(stellio.temporal);
  CHECK(city("profile = \"single-merge\"\n").modes == std::vector<std::string>{"merge"});
  const Broker own = city(
      "profile = \"stellio\"\nmax_entities = 90\nmax_bytes = \"64KiB\"\ntemporal = \"never\"\n"
      "modes = [\"replace\", \"merge\", \"merge\"]\nanswers = \"failures\"\n"
      "tenant_header = \"Fiware-Service\"\nmax_requests_per_second = 3\n");
  REQUIRE(project.printed() == "");
  CHECK(own.max_entities == 90);
  CHECK(own.max_bytes == 64 << 10);
  CHECK_FALSE(own.temporal);
  CHECK(own.modes == std::vector<std::string>{"replace", "merge"});
  CHECK(own.answers == "failures");
  CHECK(own.tenant_header == "Fiware-Service");
  CHECK(own.max_requests_per_second == 3);
}

TEST_CASE("load: the table of profiles in docs/brokers.md is the one in the code") {
  std::ifstream in(LAMPPOST_SOURCE_DIR "/docs/brokers.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  for (const auto& profile : broker_profiles()) {
    std::string modes;
    for (const auto mode : profile.modes) modes.append(modes.empty() ? "" : ", ").append(mode);
    std::string row = "| `" + std::string(profile.name) + "` | " + modes + " | " +
                      std::to_string(profile.max_entities) + " | " +
                      std::to_string(profile.max_bytes / 1024) + "KiB | ";
    row.append(profile.tenant_header).append(" | ").append(profile.answers).append(" | ");
    row.append(profile.temporal).append(" |");
    CHECK_MESSAGE(page.find(row) != std::string::npos, row);
  }
}
