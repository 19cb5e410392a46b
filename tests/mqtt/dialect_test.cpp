// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/dialect.h"

#include <doctest/doctest.h>

#include "drivers/mqtt/backoff.h"
#include "drivers/mqtt/reason.h"

using namespace lamppost::mqtt;

TEST_CASE("a broker that refuses MQTT 5 is spoken to in 3.1.1 from then on") {
  for (const int code : {0x84, 1}) {
    Dialect dialect(5);
    CHECK(dialect.refused(code));
    CHECK(dialect.version() == 3);
    dialect.ended();
    CHECK(dialect.version() == 3);
    CHECK_FALSE(dialect.refused(1));  // 3.1.1 refused as well: nothing left to try
  }
}

TEST_CASE("a refusal for any other reason does not change the version") {
  Dialect dialect(5);
  CHECK_FALSE(dialect.refused(0x86));
  CHECK(dialect.version() == 5);
}

TEST_CASE("a broker that hangs up twice is tried once in 3.1.1, and in 5 after that connection") {
  Dialect dialect(5);
  dialect.unanswered();
  CHECK(dialect.version() == 5);
  dialect.unanswered();
  CHECK(dialect.version() == 3);
  SUBCASE("3.1.1 does no better") { dialect.unanswered(); }
  SUBCASE("3.1.1 worked for a while") { dialect.ended(); }
  CHECK(dialect.version() == 5);
}

TEST_CASE("a source that is configured for 3.1.1 never tries 5") {
  Dialect dialect(3);
  for (int i = 0; i < 4; ++i) dialect.unanswered();
  dialect.ended();
  CHECK(dialect.version() == 3);
}

TEST_CASE("pauses double from a second to a minute, half of each random, and start over") {
  Backoff backoff(7);
  for (const int ceiling : {2, 4, 8, 16, 32, 60, 60}) {
    const auto pause = backoff.next();
    CHECK(pause >= std::chrono::seconds(ceiling) / 2);
    CHECK(pause <= std::chrono::seconds(ceiling));
  }
  backoff.reset();
  CHECK(backoff.next() <= std::chrono::seconds(2));
  CHECK(Backoff(1).next() != Backoff(2).next());
}

TEST_CASE("reason codes are said in words of their own version") {
  CHECK(reason_words(5, 0x86) == "bad user name or password (0x86)");
  CHECK(reason_words(3, 4) == "bad user name or password (0x04)");
  CHECK(reason_words(5, 0xEE) == "reason not known to MQTT (0xEE)");
}
