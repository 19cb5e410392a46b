// SPDX-License-Identifier: Apache-2.0
// Opening, checking and keeping house. Reading: durable_read.cpp. Writing: durable_write.cpp.
#include "outbox/durable_shelf.h"

#include <limits>
#include <system_error>

#include "core/finding.h"
#include "outbox/check_sum.h"
#include "outbox/files.h"
#include "outbox/ledger_repair.h"
#include "outbox/salvage.h"
#include "outbox/schema.h"

namespace lamppost::outbox {
namespace fs = std::filesystem;
namespace {

// A file up to this size is read through at the start, in well under a second from any card.
constexpr std::uint64_t kReadThrough = std::uint64_t{64} << 20;
// Up to this size it is rebuilt while the daemon runs: readings wait, and so does the watchdog.
constexpr std::uint64_t kHealRunning = std::uint64_t{16} << 20;

// Bounds: 1 MiB of page cache, a WAL that is cut back to 4 MiB, no memory mapping. Deleted text is
// not overwritten with zeros (Debian's default), which would double the writes.
constexpr const char* kSettings = R"sql(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = OFF;
PRAGMA cache_size = -1024;
PRAGMA journal_size_limit = 4194304;
PRAGMA wal_autocheckpoint = 1000;
PRAGMA mmap_size = 0;
PRAGMA temp_store = MEMORY;
)sql";

// Before the first table. Later it changes nothing, but writes to flash each time.
constexpr const char* kSettingsOfNewFile = "PRAGMA auto_vacuum = INCREMENTAL";

// A file with all of these is an outbox, and its header is damaged when it says otherwise.
constexpr const char* kOurTables =
    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN"
    " ('rows', 'letters', 'counters', 'marks', 'destinations')";
constexpr std::int64_t kTooNew = 1000;  // there will never be so many versions

std::uint64_t size_of(const fs::path& file) {
  std::error_code none;
  const auto size = fs::file_size(file, none);
  return none ? 0 : size;
}

// Left behind by a run that met damage in a file too big to be read through at every start.
fs::path suspicion(const fs::path& path) { return path.string() + ".suspect"; }

}  // namespace

DurableShelf::DurableShelf(fs::path path)
    : path_(std::move(path)), written_(bytes_written(path_)) {}

std::unique_ptr<DurableShelf> DurableShelf::open(const fs::path& path, Timestamp now,
                                                 const Log& log, const FreeDisk& free_disk) {
  const SalvageTools tools{now, log, free_disk};
  finish_salvage(path, tools);
  std::error_code ignored;
  const bool created = !fs::exists(path, ignored);
  std::unique_ptr<DurableShelf> shelf(new DurableShelf(path));
  if (shelf->prepare() == Soundness::kDamaged) {
    const std::string why = shelf->db_.take_error();
    shelf.reset();
    if (!salvage(path, why, tools)) set_aside(path, now, why, log);
    shelf.reset(new DurableShelf(path));
    if (shelf->prepare() == Soundness::kDamaged)
      throw ConfigError("outbox: cannot create " + path.string() + ": " + shelf->db_.take_error());
  }
  shelf->was_suspected_ = fs::remove(suspicion(path), ignored);
  if (created) sync_directory(path.parent_path());
  shelf->verify(log);
  shelf->take_census();
  return shelf;
}

DurableShelf::Soundness DurableShelf::prepare() {
  db_.open(path_, Database::Mode::kReadWrite, counting_vfs());
  const bool new_file = db_.integer("SELECT count(*) FROM sqlite_master") == 0;
  if (!db_.failed()) check_owner();
  if (new_file) db_.execute(kSettingsOfNewFile);
  db_.execute(kSettings);
  migrate();
  std::error_code ignored;
  const bool suspected = fs::exists(suspicion(path_), ignored);
  if (suspected || size_of(path_) <= kReadThrough) read_through(suspected);
  if (load() && makes_sense()) return Soundness::kSound;
  if (db_.busy())
    throw ConfigError("outbox: " + path_.string() +
                      " is in use by another program: choose another outbox.path, or end it");
  if (db_.damaged() || db_.misunderstood() || is_wrecked(path_)) return Soundness::kDamaged;
  throw ConfigError("outbox: cannot use " + path_.string() + ": " + db_.take_error() +
                    ": the directory must exist, be writable and have space");
}

// Twice: what a card fails to read once is no damage yet. Where the last run met damage, the
// indices are compared with their tables as well.
void DurableShelf::read_through(bool suspected) {
  const char* kCheck = suspected ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)";
  if (db_.failed() || db_.first_text(kCheck) == "ok") return;
  db_.take_error();
  if (db_.first_text(kCheck) != "ok" && !db_.failed())
    db_.declare_damaged("its pages do not fit together");
}

void DurableShelf::check_owner() {
  const auto version = db_.integer("PRAGMA user_version");
  const auto owner = db_.integer("PRAGMA application_id");
  const auto tables = db_.integer("SELECT count(*) FROM sqlite_master");
  if (tables > 0 && db_.integer(kOurTables) == 5 && (owner != kApplicationId || version > kTooNew))
    return db_.declare_damaged("its header is not what lamppost writes");
  if (tables > 0 && owner != kApplicationId)
    throw ConfigError("outbox: " + path_.string() +
                      " is a database of another program: choose another outbox.path");
  if (version > migrations().count)
    throw ConfigError("outbox: " + path_.string() + " has version " + std::to_string(version) +
                      " of the file format, this lamppost knows up to " +
                      std::to_string(migrations().count) +
                      ": install the newer lamppost again, or choose another outbox.path");
}

void DurableShelf::migrate() {
  const auto version = db_.integer("PRAGMA user_version");
  if (db_.failed() || version >= migrations().count) return;
  db_.execute("BEGIN IMMEDIATE");
  for (auto step = version; step < migrations().count; ++step)
    db_.execute(migrations().steps[step]);
  db_.execute(("PRAGMA application_id = " + std::to_string(kApplicationId)).c_str());
  db_.execute(("PRAGMA user_version = " + std::to_string(migrations().count)).c_str());
  db_.execute("COMMIT");
}

bool DurableShelf::load() {
  auto& names = db_.use("SELECT id, name FROM destinations");
  while (names.step()) lanes_[names.text(1)] = names.integer(0);
  marks_.reserved = 0;
  auto& counters = db_.use("SELECT book, name, word, count FROM counters");
  while (counters.step())
    tally_.add({static_cast<Book>(counters.integer(0)), counters.text(1), counters.text(2)},
               counters.integer(3));
  auto& marks = db_.use("SELECT instance, reserved, transfer, moved, age, wall, sum FROM marks");
  while (marks.step()) {
    marks_ = {marks.integer(0), marks.integer(1), marks.integer(2),
              marks.integer(3), marks.integer(4), Timestamp{marks.integer(5)}};
    if (!is_sound(marks.integer(6), sum_of(marks_))) marks_.reserved = 0;
  }
  may_have_latest_ = db_.integer("SELECT EXISTS (SELECT 1 FROM rows WHERE latest = 1)") != 0;
  count_letters();
  return !db_.failed();
}

// A page may be sound and in the wrong place: SQLite does not know what belongs into a table.
bool DurableShelf::makes_sense() {
  bool sense = marks_.reserved > 0;
  for (const auto& [key, count] : tally_.counters()) {
    const bool queue = key.book == Book::kQueue && key.word == "rows" && count > 0;
    sense = sense && key.book <= kLastBook && (!queue || lanes_.count(key.name) != 0);
  }
  if (!sense) db_.declare_damaged("its tables hold what does not belong there");
  return sense;
}

void DurableShelf::count_letters() {
  auto& count = db_.use("SELECT count(*), coalesce(sum(bytes), 0) FROM letters");
  if (!count.step()) return;
  letters_ = static_cast<std::uint64_t>(count.integer(0));
  letters_bytes_ = static_cast<std::uint64_t>(count.integer(1));
  count.reset();
}

// The ledger says what the queue holds; count it, and believe the rows. Then it has to add up.
void DurableShelf::verify(const Log& log) {
  Counters wrong;
  if (size_of(path_) <= kReadThrough) compare_queue(wrong);
  if (read_failed()) return;
  balance(wrong);
  std::erase_if(wrong, [](const auto& item) { return item.second == 0; });
  if (wrong.empty()) return;
  for (const auto& [key, by] : wrong)
    log.error("outbox ledger of " + key.name + " is off by " + std::to_string(by) + " " + key.word +
              ": corrected to what the file holds");
  Transaction transaction(db_);
  write_counts(wrong);
  if (transaction.commit().ok())
    for (const auto& [key, by] : wrong) tally_.add(key, by);
}

void DurableShelf::compare_queue(Counters& wrong) {
  for (const auto& [name, lane] : lanes_) {
    wrong[{Book::kQueue, name, "rows"}] = -static_cast<std::int64_t>(tally_.rows(name));
    wrong[{Book::kQueue, name, "bytes"}] = -static_cast<std::int64_t>(tally_.bytes(name));
  }
  auto& count = db_.use(
      "SELECT name, count(*), sum(CASE WHEN bytes BETWEEN ? AND ? THEN bytes ELSE ? END)"
      " FROM rows JOIN destinations ON destinations.id = key >> 48 GROUP BY name");
  count.bind(std::int64_t{kRowOverhead}).bind(kMaxRowBytes).bind(std::int64_t{kRowOverhead});
  while (count.step()) {
    wrong[{Book::kQueue, count.text(0), "rows"}] += count.integer(1);
    wrong[{Book::kQueue, count.text(0), "bytes"}] += count.integer(2);
  }
}

void DurableShelf::balance(Counters& wrong) {
  auto counters = tally_.counters();
  std::map<std::string, std::uint64_t> queued;
  for (const auto& [name, lane] : lanes_) {
    const CounterKey rows{Book::kQueue, name, "rows"};
    const auto off = wrong.find(rows);
    queued[name] =
        tally_.rows(name) + static_cast<std::uint64_t>(off == wrong.end() ? 0 : off->second);
  }
  LedgerRepair repair(counters, queued);
  repair.balance();
  for (const auto& [key, count] : repair.counts()) wrong[key] += count;
  for (const auto& [key, count] : counters)
    if (key.book != Book::kQueue) wrong[key] -= count;
}

// With an empty queue the table of entities begins anew: that keeps it to those of one outage.
void DurableShelf::take_census() {
  if (tally_.all_rows() == 0 && db_.integer("SELECT EXISTS (SELECT 1 FROM entities)") != 0) {
    Transaction transaction(db_);
    db_.execute("DELETE FROM entities");
    static_cast<void>(transaction.commit());  // or else the next start does it
  }
  for (const auto& [name, lane] : lanes_) {
    auto& census = census_[name];
    auto& noted = db_.use("SELECT entity FROM entities WHERE lane = ?");
    noted.bind(lane);
    while (noted.step()) census.inherit(noted.text(0));
    auto& last = db_.use("SELECT max(key) FROM rows WHERE key >= ? AND key < ?");
    last.bind(lane << kKeyShift).bind((lane + 1) << kKeyShift);
    const RowId through = last.step() ? last.integer(0) - (lane << kKeyShift) : 0;
    last.reset();
    const bool unknown = read_failed();
    if (unknown) census.inherit("");
    census.inherit_rows(unknown ? std::numeric_limits<std::uint64_t>::max() : tally_.rows(name),
                        unknown ? 0 : through);
  }
}

std::vector<std::string> DurableShelf::destinations() const {
  std::vector<std::string> names;
  for (const auto& [name, lane] : lanes_) names.push_back(name);
  return names;
}

std::uint64_t DurableShelf::file_bytes() const {
  return size_of(path_) + size_of(path_.string() + "-wal");
}

void DurableShelf::give_space_back() {
  constexpr std::int64_t kWorthIt = 256;  // pages of 4 KiB
  if (db_.integer("PRAGMA freelist_count") >= kWorthIt)
    db_.execute("PRAGMA incremental_vacuum(256)");
  read_failed();
}

bool DurableShelf::read_failed() {
  if (!db_.failed()) return false;
  const bool damaged = db_.damaged();
  trouble_ = db_.take_error();
  if (damaged) suspect();
  if (damaged && !can_be_healed())
    trouble_ +=
        "; restart lamppost: it rebuilds the file, and rows behind the damaged place wait until "
        "then";
  return true;
}

void DurableShelf::suspect() {
  const FileHandle mark = create_file(suspicion(path_));
  suspected_ = true;
}

bool DurableShelf::can_be_healed() const { return suspected_ && size_of(path_) <= kHealRunning; }

}  // namespace lamppost::outbox
