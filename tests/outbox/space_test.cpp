// SPDX-License-Identifier: Apache-2.0
// What the outbox's files take when the queue has become short again.
#include <filesystem>

#include "outbox_words.h"
#include "support/noise.h"

namespace lamppost::outbox {
namespace fs = std::filesystem;

TEST_CASE("an outbox that grew and emptied gives its space back") {
  TempOutbox box;
  for (unsigned n = 0; n < 3000; ++n) REQUIRE(box.put("urn:" + std::to_string(n), noise(2000, n)));
  REQUIRE(box->flush());
  while (!queued(box).empty()) REQUIRE(box->settle("city", accepted(take(box, 1000)), kNow));
  const auto full = fs::file_size(box.options.path);
  for (int n = 0; n < 40; ++n) {
    box.clock.advance(milliseconds(1000));
    box->maintain();
  }
  box.close();
  CHECK(fs::file_size(box.options.path) < full / 4);
}

TEST_CASE("the journal does not grow with what has left") {
  TempOutbox box;
  for (int n = 0; n < 5000; ++n) {
    REQUIRE(box.put("urn:a", std::string(1000, 'x')));
    REQUIRE(box->settle("city", accepted(take(box)), kNow));
    if (n % 100 == 0) box->maintain();
  }
  CHECK(fs::file_size(box.options.runtime_dir / "fresh.journal") < 2'000'000);
}

}  // namespace lamppost::outbox
