// SPDX-License-Identifier: Apache-2.0
// The look at everything on flash while the outbox works.
#include "outbox/patrol.h"

#include "outbox_words.h"
#include "run_sql.h"
#include "support/noise.h"
#include "wrecks.h"

namespace lamppost::outbox {
namespace {

constexpr std::size_t kRows = 350;

void fill(TempOutbox& box) {
  for (unsigned n = 0; n < kRows; ++n)
    REQUIRE(box.put("urn:" + std::to_string(n), std::to_string(n) + ";" + noise(300, n)));
  REQUIRE(box->settle("city", rejected(take(box, 20)), kNow));
}

int rounds_until_checked(TempOutbox& box) {
  int rounds = 0;
  const auto before = box->totals().flash_check.ended;
  while (box->totals().flash_check.ended == before && rounds < 100) {
    box->maintain();
    ++rounds;
  }
  return rounds;
}

}  // namespace

TEST_CASE("everything on flash is looked at once after a start and once a day, in small steps") {
  TempOutbox box(durable_only());
  fill(box);
  const auto& check = box->totals().flash_check;
  CHECK_FALSE(box->totals().flash_check.ended);
  // 330 rows, 100 a step, and the letters.
  CHECK(rounds_until_checked(box) == 5);
  CHECK(box->totals().flash_check.ended == box.clock.now());
  CHECK(box->totals().flash_check.looked_at == kRows);
  CHECK(box->totals().flash_check.damaged == 0);
  CHECK_FALSE(check.damage_met);
  CHECK(rounds_until_checked(box) == 100);  // nothing more to do today
  box.clock.advance(Patrol::kEvery);
  CHECK(rounds_until_checked(box) == 5);
}

TEST_CASE("rows whose bytes are damaged are counted before they are needed") {
  TempOutbox box(durable_only());
  fill(box);
  box.close();
  run_sql(box.options.path,
          "UPDATE rows SET payload = substr(payload, 1, 9) WHERE (key & 65535) % 50 = 0");
  box.reopen();
  rounds_until_checked(box);
  CHECK(box->totals().flash_check.damaged == 7);
  check_balanced(box);
}

// The page goes bad while the outbox has the file open; it is too large to be held in memory.
TEST_CASE("a page that goes bad while the outbox runs is found and costs its own rows only") {
  TempOutbox box(durable_only());
  constexpr std::size_t kMany = 1500;
  for (unsigned n = 0; n < kMany; ++n)
    REQUIRE(box.put("urn:" + std::to_string(n), std::to_string(n) + ";" + noise(1'500, n)));
  box.close();
  const auto places = places_in(box.options.path);
  box.reopen();
  const auto page = *places.of_row.at(200).begin();
  std::fstream file(box.options.path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>((page - 1) * 4096));
  file << std::string(4096, '\0') << std::flush;
  rounds_until_checked(box);
  for (int n = 0; n < 20; ++n) box->maintain();
  CHECK(box.logged("is damaged: looking at it now"));
  CHECK(box.logged("is rebuilt"));
  CHECK(count_of_files(box.options.path.parent_path(), ".corrupt-") > 0);
  const auto totals = box->totals();
  CHECK_FALSE(totals.flash_check.damage_met);
  CHECK(totals.flash_check.ended);
  CHECK(totals.rows >= kMany - 3);
  CHECK(totals.rows < kMany);
  CHECK(totals.destinations.at("city").dropped == kMany - totals.rows);
  check_balanced(box);
  CHECK(box.put("urn:new", "new"));
}

TEST_CASE("damage in a large file asks for a restart, and not again at once") {
  TempOutbox box(durable_only());
  for (unsigned n = 0; n < 4500; ++n) REQUIRE(box.put("urn:" + std::to_string(n), noise(3'000, n)));
  box.close();
  REQUIRE(std::filesystem::file_size(box.options.path) > (16 << 20));
  const auto damage_while_open = [&box] {
    const auto places = places_in(box.options.path);
    const auto page = *std::next(places.of_row.begin(), 1000)->second.begin();
    box.reopen();
    CHECK_FALSE(box->awaits_restart());
    std::fstream file(box.options.path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>((page - 1) * 4096));
    file << std::string(4096, '\0') << std::flush;
    rounds_until_checked(box);
  };
  damage_while_open();
  CHECK(box->awaits_restart());
  CHECK_FALSE(box.logged("looking at it now"));
  box.reopen();
  CHECK(box.logged("is rebuilt"));
  CHECK_FALSE(box->awaits_restart());
  const auto suspicion = box.options.path.string() + ".suspect";
  box.close();
  write_bytes(suspicion, "");  // as the run before that one left it
  damage_while_open();
  CHECK_FALSE(box->awaits_restart());
  box.clock.advance(std::chrono::hours(1));
  CHECK(box->awaits_restart());
  check_balanced(box->totals());
}

}  // namespace lamppost::outbox
