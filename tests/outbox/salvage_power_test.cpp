// SPDX-License-Identifier: Apache-2.0
// The power goes at every operation of a salvage: the next start finds the original, or the rebuilt
// file, and comes to the same end.
#include "outbox_words.h"
#include "support/noise.h"
#include "support/simulated_disk.h"
#include "wrecks.h"

namespace lamppost::outbox {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPage = 4096;

Options flash() {
  auto options = durable_only();
  options.destinations = {"city", "region"};
  return options;
}

// A shelf that was closed, or killed with a part of it in the WAL; one page of its rows is zeros.
DiskImage damaged(bool killed) {
  TempOutbox box(flash());
  const auto directory = box.options.path.parent_path();
  const auto live = [&box](unsigned from, unsigned to) {
    for (auto n = from; n < to; ++n)
      REQUIRE(box.put("urn:" + std::to_string(n % 5), std::to_string(n) + ";" + noise(300, n),
                      n % 2 == 0 ? "city" : "region"));
    REQUIRE(box->settle("city", accepted(take(box, 3)), kNow));
  };
  live(0, 200);
  box.close();
  auto bytes = read_bytes(box.options.path);
  const auto places = places_in(box.options.path);
  box.reopen();
  if (killed) live(200, 230);
  auto image = read_directory(directory);
  if (!killed) {
    box.close();
    image = read_directory(directory);
  }
  // Rows in the middle of a queue, which nothing has touched since: a younger copy of their page in
  // the WAL would be sound.
  const auto page = *places.of_row.at(100).begin();
  image["outbox.db"].replace((page - 1) * kPage, kPage, std::string(kPage, '\0'));
  return image;
}

struct End {
  Words rows;
  std::uint64_t dropped = 0;
  std::size_t aside = 0;
  bool operator==(const End&) const = default;
};

End end_of(TempOutbox& box) {
  check_balanced(box);
  End end{queued(box), 0, 0};
  for (const auto& [name, ledger] : box->totals().destinations) end.dropped += ledger.dropped;
  end.aside = count_of_files(box.options.path.parent_path(), "outbox.db.corrupt-");
  CHECK(count_of_files(box.options.path.parent_path(), ".rescue") == 0);
  return end;
}

}  // namespace

TEST_CASE("no power cut during a salvage loses what was rescued, or counts a loss twice") {
  for (const bool killed : {false, true}) {
    CAPTURE(killed);
    TempOutbox box(flash());
    const auto directory = box.options.path.parent_path();
    const auto before = damaged(killed);
    box.close();
    write_directory(directory, before);
    DiskLog log;
    {
      const RecordingVfs disk;
      box.reopen();
      log = disk.log();
    }
    const auto whole = end_of(box);
    CHECK(whole.rows.size() > 40);
    CHECK(whole.dropped > 0);
    CHECK(whole.aside > 0);
    box.close();

    SimulatedDisk disk(before);
    std::mt19937 random(1);
    std::size_t starts = 0;
    for (std::size_t cut = 0; cut <= log.size(); ++cut) {
      if (cut > 0) disk.apply(log[cut - 1]);
      CAPTURE(cut);
      for (const auto& way : cuts(disk, 1, random)) {
        write_directory(directory, disk.after(way));
        box.reopen();
        const auto end = end_of(box);
        CHECK(end.rows == whole.rows);
        CHECK(end.dropped == whole.dropped);
        CHECK(end.aside > 0);
        box.close();
        ++starts;
      }
    }
    MESSAGE((killed ? "killed" : "closed")
            << ": " << log.size() << " operations, " << starts << " starts after a cut");
    CHECK(log.size() > 20);
  }
}

}  // namespace lamppost::outbox
