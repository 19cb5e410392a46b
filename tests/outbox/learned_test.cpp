// SPDX-License-Identifier: Apache-2.0
// Numbers that forwarders have learned are kept with the ledger.
#include "outbox_words.h"

namespace lamppost::outbox {

TEST_CASE("what was learned about a broker is there after a crash, an orderly stop and on flash") {
  for (const auto window : {kNow, milliseconds(1000)}) {
    Options options;
    options.power_loss_window = window;
    TempOutbox box(options);
    CHECK(box->recall("city", "max_bytes") == 0);
    box->remember("city", "max_bytes", 700'000);
    box->remember("region", "max_bytes", 5);
    box.reopen();  // as after kill -9
    CHECK(box->recall("city", "max_bytes") == 700'000);
    box->remember("city", "max_bytes", 490'000);
    REQUIRE(box->flush());
    box.reopen();
    CHECK(box->recall("city", "max_bytes") == 490'000);
    CHECK(box->recall("region", "max_bytes") == 5);
    CHECK(box->recall("city", "mode") == 0);
    box->remember("city", "max_bytes", 0);
    box.reopen();
    CHECK(box->recall("city", "max_bytes") == 0);
    check_balanced(box);
  }
}

TEST_CASE("no more words are learned than there is room for") {
  TempOutbox box;
  for (std::size_t i = 0; i <= kMaxLearned; ++i) box->remember("city", std::to_string(i), 7);
  CHECK(box->recall("city", std::to_string(kMaxLearned - 1)) == 7);
  CHECK(box->recall("city", std::to_string(kMaxLearned)) == 0);
  CHECK(box->recall("city", "other") == 0);
}

}  // namespace lamppost::outbox
