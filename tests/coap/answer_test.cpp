// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/answer.h"

#include <doctest/doctest.h>

#include "core/json_text.h"

using namespace lamppost;
using namespace lamppost::coap;

TEST_CASE("answer: what is safe with us is 2.04 and says nothing more") {
  for (const auto safe : {Disposition::kStored, Disposition::kEmpty, Disposition::kHeld}) {
    const auto answer = answer_for({safe, "a reason nobody needs"});
    CHECK(to_text(answer.code) == "2.04");
    CHECK(answer.payload == "");
    CHECK_FALSE(answer.max_age);
  }
}

TEST_CASE("answer: what is not kept says why") {
  const auto dead = answer_for({Disposition::kDead, "/pm25: not a number"});
  CHECK(to_text(dead.code) == "4.00");
  CHECK(dead.payload == "/pm25: not a number");
  const auto rejected = answer_for({Disposition::kRejected, "device is not listed"});
  CHECK(to_text(rejected.code) == "4.03");
  CHECK(rejected.payload == "device is not listed");
  CHECK_FALSE(rejected.max_age);
}

TEST_CASE("answer: a refusal says when to come back") {
  const auto refused = answer_for({Disposition::kRefused, "outbox full"});
  CHECK(to_text(refused.code) == "5.03");
  CHECK(refused.payload == "outbox full");
  CHECK(refused.max_age == 10U);
}

TEST_CASE("answer: a diagnostic is short, valid UTF-8 and never splits a character") {
  for (std::size_t lead = 0; lead < 8; ++lead) {
    std::string text(lead, 'x');
    while (text.size() < 400) text += "\xE2\x82\xAC";  // a euro sign is three bytes
    const auto cut = diagnostic(Code::kBadRequest, text).payload;
    CHECK(cut.size() <= kMaxDiagnostic);
    CHECK(cut.size() > kMaxDiagnostic - 3);
    CHECK(is_utf8(cut));
  }
  CHECK(diagnostic(Code::kBadRequest, "bad \xFF byte").payload == "bad \\xff byte");
  CHECK(diagnostic(Code::kBadRequest, std::string(500, '\xFF')).payload.size() == kMaxDiagnostic);
}

TEST_CASE("answer: codes are written as in the RFC") {
  CHECK(to_text(Code::kContinue) == "2.31");
  CHECK(to_text(Code::kIncomplete) == "4.08");
  CHECK(to_text(Code::kTooLarge) == "4.13");
  CHECK(to_text(Code::kUnsupportedFormat) == "4.15");
  CHECK(to_text(Code::kInternalError) == "5.00");
}
