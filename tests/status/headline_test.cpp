// SPDX-License-Identifier: Apache-2.0
#include "status/headline.h"

#include <doctest/doctest.h>

#include "status/sample.h"

using namespace lamppost;
using namespace lamppost::status;

namespace {

void check(const Snapshot& now, Level level, const std::string& title, const std::string& text) {
  const auto seen = headline(now);
  CHECK(seen.level == level);
  CHECK(seen.title == title);
  CHECK(seen.text == text);
}

}  // namespace

TEST_CASE("headline: all is well") {
  check(all_well(), Level::kOk, "Working", "1 source connected, everything delivered");
  auto now = all_well();
  now.totals.rows = 1;
  now.sources.push_back(now.sources[0]);
  check(now, Level::kOk, "Working", "2 sources connected, 1 entity on the way");
}

TEST_CASE("headline: only the worst is said, from the outbox down to the clock") {
  auto now = during_an_outage();
  now.clock_trusted = false;
  now.config_state = "line 3: unknown key";
  now.totals.refusing = "outbox full (50000 rows): refusing readings until 45000";
  now.sources[0].state = {false, "connection refused", 0, 0};
  ++now.totals.destinations["city"].stored;

  check(now, Level::kBad, "Refusing readings",
        "outbox full (50000 rows): refusing readings until 45000");
  now.totals.refusing.clear();
  check(now, Level::kBad, "Source away", "site: connection refused");
  now.sources[0].state.connected = true;
  check(now, Level::kBad, "Books do not add up", "Look at the sum of destination city");
  --now.totals.destinations["city"].stored;
  check(now, Level::kWarning, "Keeping readings",
        "city: connection refused; next try in 8 s. 100 entities wait here, none is lost");
  now.destinations[0].state.state = "sending";
  check(now, Level::kWarning, "Configuration refused",
        "The one before it stays in force. line 3: unknown key");
  now.config_state.clear();
  check(now, Level::kWarning, "Clock not trusted",
        "No time server has set it; readings without a time of their own wait for one");
  now.clock_trusted = true;
  CHECK(headline(now).level == Level::kOk);
}

TEST_CASE("ready: a broker that is away does not make the gateway unready") {
  std::string why_not = "left over";
  CHECK(ready(during_an_outage(), why_not));
  CHECK(why_not.empty());
}

TEST_CASE("ready: a source that is away or a full outbox does, with the reason") {
  std::string why_not;
  auto now = all_well();
  now.sources[0].state = {false, "connection refused; next try in 8 s", 0, 0};
  CHECK_FALSE(ready(now, why_not));
  CHECK(why_not == "source site: connection refused; next try in 8 s");
  now.totals.refusing = "disk full";
  CHECK_FALSE(ready(now, why_not));
  CHECK(why_not == "outbox refuses: disk full");
}
