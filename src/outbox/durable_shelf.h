// SPDX-License-Identifier: Apache-2.0
// The durable shelf: the SQLite file on flash. A commit that returned survives a power cut. Not
// thread-safe: the outbox holds its lock.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/log.h"
#include "outbox/census.h"
#include "outbox/files.h"
#include "outbox/flash_vfs.h"
#include "outbox/packing.h"
#include "outbox/row.h"
#include "outbox/sqlite.h"
#include "outbox/tally.h"

namespace lamppost::outbox {

// A row under the reading head. Valid inside the callback of scan() only.
class RowCursor {
 public:
  RowCursor(const Statement& statement, const std::string& destination, Packer& packer)
      : statement_(statement), destination_(destination), packer_(packer) {}
  RowId id() const;
  std::string entity() const;
  std::uint64_t bytes() const;
  std::int64_t born_ms() const;
  Timestamp observed_at() const;
  Priority priority() const;
  Row row() const;

 private:
  const Statement& statement_;
  const std::string& destination_;
  Packer& packer_;
};

class DurableShelf {
 public:
  // Opens or creates the file, migrated to today's version. Rebuilds a damaged one (salvage.h), or
  // sets it aside when there is nothing of an outbox in it. Throws
  // ConfigError for a newer version, another program's file, or a file that can not be opened.
  static std::unique_ptr<DurableShelf> open(const std::filesystem::path& path, Timestamp now,
                                            const Log& log,
                                            const FreeDisk& free_disk = outbox::free_disk);
  // For a look while another process writes. nullptr when there is no sound file.
  static std::unique_ptr<DurableShelf> open_readonly(const std::filesystem::path& path);

  // One transaction: the change and, if given, the marks. kTransient when the disk fails; nothing
  // is changed then.
  Result<void> commit(const Change& change, const DurableMarks* marks = nullptr);
  Result<void> add_attempts(const std::map<std::string, std::map<RowId, int>>& attempts);

  // Rows of a destination from this id on, oldest first, until `look` returns false. `look` must
  // not call the shelf.
  using Look = std::function<bool(const RowCursor&)>;
  bool scan(const std::string& destination, RowId from, const Look& look);
  // The same of rows of low priority only, from the first one on.
  bool scan_low(const std::string& destination, const Look& look);
  // kTransient when the disk fails to read it now. A row on a damaged page is no row, one whose
  // bytes are damaged says so.
  Result<std::optional<Row>> find(const std::string& destination, RowId id);
  // The last row of the entity that a newer update merges into.
  std::optional<Row> latest(const std::string& destination, const std::string& entity);

  std::vector<DeadLetter> letters(std::size_t limit);  // newest first
  std::optional<DeadLetter> letter(std::int64_t id);
  std::vector<std::int64_t> letter_ids(std::size_t limit);  // oldest first
  std::uint64_t letters_count() const { return letters_; }
  std::vector<Unknown> unknowns();
  std::vector<Gap> gaps();

  const Census& census(const std::string& destination) { return census_[destination]; }

  const DurableMarks& marks() const { return marks_; }
  const Tally& tally() const { return tally_; }
  std::vector<std::string> destinations() const;
  std::int64_t newest_born_ms();  // 0 when the queue is empty

  std::uint64_t file_bytes() const;
  std::uint64_t flash_bytes_written() const { return *written_; }
  // Gives space back to the file system, a little at a time.
  void give_space_back();
  // A piece of a table, to be read through: keys above `after`, at most `most` of them, less when
  // `go_on` says no. Both move on; `most` is above 0 afterwards only at the end of the table.
  struct Stretch {
    std::int64_t after = -1;
    std::size_t most = 0;
    std::uint64_t looked_at = 0, damaged = 0;  // rows whose bytes are not those that were written
  };
  // False when the disk fails to read.
  bool check_rows(Stretch& stretch, const std::function<bool()>& go_on);
  bool check_letters(Stretch& stretch, const std::function<bool()>& go_on);
  bool suspected() const { return suspected_; }
  void suspect();
  bool was_suspected() const { return was_suspected_; }  // by the run before
  // Damage was met, and the file is small enough to be opened anew, and rebuilt, at once; a larger
  // one is looked at when the next run starts.
  bool can_be_healed() const;
  // What went wrong while reading, once; "" when nothing did.
  std::string take_trouble() { return std::exchange(trouble_, {}); }

 private:
  enum class Soundness { kSound, kDamaged };
  explicit DurableShelf(std::filesystem::path path);
  Soundness prepare();
  void read_through(bool suspected);
  void check_owner();
  void migrate();
  bool load();
  bool makes_sense();
  void verify(const Log& log);
  void compare_queue(Counters& wrong);
  void balance(Counters& wrong);
  void take_census();
  bool read_failed();
  bool scan_with(Statement& rows, const std::string& destination, RowId from, const Look& look);

  struct Gone {
    std::string destination, entity;
    RowId id = 0;
  };
  void put(const Row& row, Counters& counts);
  void note_entity(std::int64_t lane, const Row& row);
  void replace(const Row& row, Counters& counts);
  std::vector<Gone> write_rows(const Change& change, Counters& counts);
  void write_letters(const Change& change, const std::vector<std::int64_t>& purged);
  void write_unknowns(const Change& change);
  void write_gaps(const Change& change);
  void write_counts(const Counters& counts);
  void write_marks(const DurableMarks& marks);
  std::vector<std::int64_t> letters_to_purge(const Change& change);
  std::int64_t lane_of(const std::string& destination);
  std::optional<std::int64_t> known_lane(const std::string& destination) const;
  void count_letters();

  std::filesystem::path path_;
  Packer packer_;
  Database db_;
  ByteCounter written_;
  std::map<std::string, std::int64_t> lanes_;  // destination ids
  DurableMarks marks_;
  Tally tally_;
  std::map<std::string, Census> census_;
  bool may_have_latest_ = false;
  std::uint64_t letters_ = 0, letters_bytes_ = 0;
  std::string trouble_;
  bool suspected_ = false, was_suspected_ = false;
};

}  // namespace lamppost::outbox
