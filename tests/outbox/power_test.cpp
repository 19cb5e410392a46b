// SPDX-License-Identifier: Apache-2.0
// The power goes after every single operation on the flash, with whatever part of the unsynced ones
// arrived, and the runtime directory is gone: what was promised is there, once and in order, and
// nothing else is. LAMPPOST_CUTS makes it more thorough, LAMPPOST_SEED chooses other lives.
//
// What the outbox does on flash beside SQLite needs no enumeration. `.lock` and `.suspect` carry no
// rows. Syncing the directory of a new database is done once more than SQLite does it, and not
// counted on here. A damaged file is set aside by one rename of a closed file, followed by a sync
// of the directory: a cut finds it under either name, and in the old place it is set aside again.
#include "afterwards.h"
#include "life.h"

namespace lamppost::outbox {
namespace {

using Kind = DiskOperation::Kind;
using Story = std::function<void(Life&)>;

std::size_t number_from(const char* variable, std::size_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoul(text);
}

std::uint32_t seed() { return static_cast<std::uint32_t>(number_from("LAMPPOST_SEED", 1)); }
std::size_t thorough() { return std::max<std::size_t>(1, number_from("LAMPPOST_CUTS", 1)); }

Thoroughness every_cut() { return {thorough(), 1, seed()}; }
Thoroughness plain_cuts() { return {0, 1, seed()}; }
// One in `usually`, and more of them when thorough.
Thoroughness some_cuts(std::size_t usually) {
  return {thorough(), std::max<std::size_t>(1, usually / thorough()), seed()};
}

Options two_shelves() {
  Options options;
  options.destinations = {"city", "region"};
  return options;
}

Options flash_alone() {
  auto options = two_shelves();
  options.power_loss_window = kNow;
  return options;
}

Lived lived(const Options& options, const Story& story,
            const std::function<bool()>& fail_sync = nullptr) {
  const RecordingVfs disk(fail_sync);
  TempOutbox box(options);
  Life life(box, disk, seed());
  story(life);
  box.close();
  return {disk.log(), life.promises};
}

void everything(Life& life) { life.live(2); }

void tell(const Cuts& cuts, const std::string& what) {
  MESSAGE(what << ": " << cuts.points << " cuts, " << cuts.ways << " ways, " << cuts.starts
               << " starts, " << cuts.violated << " broken; LAMPPOST_SEED=" << seed()
               << " LAMPPOST_CUTS=" << thorough());
}

void check_kept(const Cuts& cuts, const std::string& what) {
  tell(cuts, what);
  std::string words;
  for (const auto& word : cuts.first) words += word + "; ";
  INFO(words);
  CHECK(cuts.violated == 0);
}

void check_everywhere(const Lived& life, const Options& options, const Thoroughness& thoroughness,
                      const std::string& what) {
  Afterwards afterwards(options);
  check_kept(cut_everywhere(life, afterwards, thoroughness), what);
}

std::size_t count_of(const DiskLog& log, Kind kind, std::string_view suffix) {
  return static_cast<std::size_t>(
      std::count_if(log.begin(), log.end(), [&](const DiskOperation& operation) {
        return operation.kind == kind && operation.file.ends_with(suffix);
      }));
}

}  // namespace

TEST_CASE("no power cut breaks a promise of the durable shelf alone (F45)") {
  const auto life = lived(flash_alone(), everything);
  for (const auto kind : {Kind::kCreate, Kind::kWrite, Kind::kTruncate, Kind::kSync, Kind::kRemove})
    CHECK(count_of(life.log, kind, "-wal") > 0);
  CHECK(count_of(life.log, Kind::kSync, ".db") > 3);
  check_everywhere(life, flash_alone(), every_cut(), "flash alone");
}

TEST_CASE("no power cut breaks a promise of two shelves (F45)") {
  const auto life = lived(two_shelves(), everything);
  CHECK(count_of(life.log, Kind::kSync, ".db") > 3);
  check_everywhere(life, two_shelves(), every_cut(), "two shelves");
}

TEST_CASE("no power cut breaks a promise while the oldest rows make room") {
  for (auto options : {flash_alone(), two_shelves()}) {
    options.drop_oldest = true;
    options.max_bytes = 4'000;
    const auto life = lived(options, [](Life& one) {
      for (int n = 0; n < 20; ++n) {
        one.put(400);
        one.pass(milliseconds(300));
        if (n % 9 == 8) one.deliver(2);
      }
    });
    const auto& items = life.promises.items();
    CHECK(std::count_if(items.begin(), items.end(), [](const Item& item) {
            return !item.delivered && item.gone != kNever;
          }) > 5);
    check_everywhere(life, options, every_cut(), "drop_oldest");
  }
}

// Enough for the outbox's own checkpoints, for a WAL beyond its limit, which is cut back, and for
// space to be given back.
TEST_CASE("no power cut breaks a promise while the file grows and shrinks") {
  const auto life = lived(flash_alone(), [](Life& one) {
    for (int n = 0; n < 15; ++n) one.put(400'000);
    while (one.deliver(4) > 0) {
    }
    for (int n = 0; n < 3; ++n) one.pass(milliseconds(1000));
    for (int n = 0; n < 3; ++n) one.put(150'000);
  });
  CHECK(count_of(life.log, Kind::kSync, ".db") > 3);
  CHECK(count_of(life.log, Kind::kTruncate, ".db") > 0);
  CHECK(count_of(life.log, Kind::kTruncate, "-wal") > 0);
  check_everywhere(life, flash_alone(), some_cuts(300), "large");
}

TEST_CASE("no second power cut, during the start after the first, breaks a promise") {
  for (const auto& options : {flash_alone(), two_shelves()}) {
    Afterwards afterwards(options);
    check_kept(cut_twice(lived(options, everything), afterwards, some_cuts(60)), "twice");
  }
}

// Linux drops what a failed sync should have written, and the next sync succeeds without it.
TEST_CASE("no power cut breaks a promise after a sync that failed") {
  Afterwards afterwards(flash_alone());
  Cuts all;
  bool failed = true;
  for (std::size_t good = 0; failed; good += std::max<std::size_t>(1, 8 / thorough())) {
    std::size_t left = kNever;
    failed = false;
    const auto fail_one = [&] { return left-- == 0 && (failed = true); };
    const auto story = [&](Life& one) {
      left = good;
      one.live();
    };
    all += cut_everywhere(lived(flash_alone(), story, fail_one), afterwards, plain_cuts());
  }
  check_kept(all, "after a failed sync");
}

TEST_CASE("without syncs the promise would break") {
  const auto life = lived(flash_alone(), everything);
  Afterwards afterwards(flash_alone());
  const std::pair<std::string, SimulatedDisk::Deaf> disks[] = {
      {"deaf to all syncs", [](const DiskOperation&) { return true; }},
      {"deaf to the WAL's", [](const auto& sync) { return sync.file.ends_with("-wal"); }},
      {"deaf to the database's", [](const auto& sync) { return sync.file.ends_with(".db"); }},
      {"deaf to the directory's", [](const auto& sync) { return sync.file.empty(); }},
  };
  for (const auto& [what, deaf] : disks) {
    CAPTURE(what);
    const auto cuts = cut_everywhere(life, afterwards, plain_cuts(), deaf);
    tell(cuts, what);
    CHECK(cuts.violated > 0);
  }
}

}  // namespace lamppost::outbox
