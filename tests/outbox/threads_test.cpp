// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include "outbox_words.h"

namespace lamppost::outbox {

TEST_CASE("two sources, a forwarder and the upkeep share the outbox") {
  Options patient;
  patient.max_age = std::chrono::hours(24 * 365 * 1000);  // the upkeep below makes time fly
  TempOutbox box(patient);
  constexpr int kEach = 1000;
  std::atomic<int> writing{2};
  const auto source = [&](const char* entity) {
    for (int n = 0; n < kEach; ++n) CHECK(box.put(entity, std::to_string(n)));
    --writing;
  };
  std::thread first(source, "urn:a"), second(source, "urn:b");
  std::thread upkeep([&] {
    while (writing > 0) {
      box.clock.advance(milliseconds(300));
      box->maintain();
    }
  });
  std::map<std::string, int> next;
  while (writing > 0 || box->totals().rows > 0) {
    const auto batch = take(box);
    for (const auto& row : batch.rows) CHECK(row.payload == std::to_string(next[row.entity]++));
    CHECK(box->settle("city", accepted(batch), kNow));
  }
  first.join();
  second.join();
  upkeep.join();
  CHECK(next["urn:a"] == kEach);
  CHECK(next["urn:b"] == kEach);
  check_balanced(box);
}

}  // namespace lamppost::outbox
