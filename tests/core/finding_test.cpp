// SPDX-License-Identifier: Apache-2.0
#include "core/finding.h"

#include <doctest/doctest.h>

#include "core/log.h"
#include "core/suggest.h"

using namespace lamppost;

TEST_CASE("finding: a person sees the place, the line, a caret and a hint") {
  Findings findings;
  findings.error({"lamppost.toml", 12, 3, "  modle = \"Device\""}, "unknown key \"modle\"",
                 "did you mean \"model\"?");
  CHECK(findings.to_text() ==
        "lamppost.toml:12:3: error: unknown key \"modle\"\n"
        "   12 |   modle = \"Device\"\n"
        "      |   ^ did you mean \"model\"?\n");
}

TEST_CASE("finding: findings come in the order of the file, warnings do not fail it") {
  Findings findings;
  findings.warning({"a", 9, 1, "x"}, "late");
  findings.warning({"a", 2, 1, "y"}, "early");
  CHECK(findings.ok());
  CHECK(findings.to_text().find("early") < findings.to_text().find("late"));
  findings.error({"a", 0, 0, ""}, "cannot be read: No such file or directory");
  CHECK_FALSE(findings.ok());
  CHECK(findings.to_text().substr(0, 51) == "a: error: cannot be read: No such file or directory");
}

TEST_CASE("finding: what two see is said once") {
  Findings findings;
  const Where place{"d.csv", 2, 5, "s1,x"};
  for (int seen = 0; seen < 2; ++seen) findings.error(place, "no number");
  findings.error(place, "too long");
  findings.error({"d.csv", 3, 5, "s2,x"}, "no number");
  CHECK(findings.errors() == 3);
  CHECK(findings.all().size() == 3);
}

TEST_CASE("suggest: a slip finds its word, nonsense gets the list") {
  CHECK(suggest("modle", {"model", "match"}) == "did you mean \"model\"?");
  CHECK(suggest("pm2_5", {"pm10", "pm25"}) == "did you mean \"pm25\"?");
  CHECK(suggest("Airqualityobserved", {"AirQualityObserved"}) ==
        "did you mean \"AirQualityObserved\"?");
  CHECK(suggest("zzz", {"model", "match"}) == "known: model, match");
  CHECK(suggest("x", {}) == "");
}

TEST_CASE("log: hostile bytes can neither forge a line nor steer a terminal") {
  CHECK(printable("ok\n\x1b[2J") == "ok\\x0a\\x1b[2J");
  CHECK(printable("abcdef", 3) == "abc...");
}
