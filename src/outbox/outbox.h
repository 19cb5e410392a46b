// SPDX-License-Identifier: Apache-2.0
// The only queue. A row that append() has taken survives kill -9 from then on, and a power cut once
// it is older than the power loss window; it leaves only by settle(), by becoming a dead letter or
// by a counted drop. Files: schema.h. Reasons: docs/decisions.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/batch.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/priority.h"
#include "core/result.h"
#include "core/timestamp.h"

namespace lamppost::outbox {

struct Options {
  std::filesystem::path path;             // durable shelf, on flash
  std::filesystem::path runtime_dir;      // fresh shelf, on tmpfs; unused with a window of 0
  std::vector<std::string> destinations;  // names of the brokers
  std::uint64_t max_bytes = std::uint64_t{1} << 30;
  std::chrono::milliseconds max_age{7LL * 24 * 3600 * 1000};
  std::chrono::milliseconds power_loss_window{1000};
  // When full: false refuses; true drops the oldest rows of the lowest priority, counted. What
  // arrives while everything queued outranks it is dropped itself.
  bool drop_oldest = false;
  std::uint64_t min_free_disk = std::uint64_t{64} << 20;
};

// One entity for one destination, as it will be sent.
struct NewRow {
  std::string destination;
  std::string entity;   // NGSI-LD id
  std::string payload;  // normalized JSON, frozen
  Timestamp observed_at;
  // Merge with the last queued row of the same entity instead of queueing behind it, unless that is
  // being sent. A row that lies on flash is merged with when this one gets there.
  bool keep_latest = false;
  Priority priority = Priority::kNormal;
  bool temporal = false;  // older than what is queued or delivered: for the broker's history alone
};

struct DeadLetter {
  std::int64_t id = 0;      // given by the outbox
  std::string destination;  // "" = never left the gateway
  std::string entity;       // "" when no entity could be made
  std::string reason;       // a word: "malformed", "model", a broker's problem type
  std::string text;         // the whole reason, with the broker's own words (<= 8 KiB)
  std::string pointer;      // RFC 6901, "" when none
  std::string payload;      // entity JSON, "" when none
  // The reading it came from, for `dead retry` through today's mapping; topic "" when unknown.
  std::string source, topic, content_type, reading, mapping;
  Timestamp arrived;  // of the reading
  Timestamp died;
  int status = 0;  // HTTP status of the broker, 0 when none
};

// A reading nothing maps, or of an unknown device. Bounded: the newest of each topic, at most
// kMaxUnknown topics.
struct Unknown {
  std::int64_t id = 0;
  std::string source, topic, content_type, payload, text;
  std::uint64_t count = 0;  // how many readings of this topic
  Timestamp first, last;
};

// What never reached a destination: rows that were given up in one go, for one reason. Drops less
// than ten minutes apart, within one run, are one gap. Bounded: the newest kMaxGaps.
struct Gap {
  std::int64_t id = 0;
  std::string destination, reason;  // "full", "expired", "damaged"
  std::uint64_t rows = 0;
  Timestamp began, ended;  // when the first and the last of them were dropped
  Timestamp first, last;   // their oldest and newest observedAt
  std::string types;       // entity types, comma-separated; "..." for those beyond eight
};

enum class ReadingFate { kStored, kEmpty, kDead, kHeld, kRejected, kLate, kDuplicate };

// What is counted of a reading beside its fate.
struct Notes {
  // Something in it was late; what came of that.
  bool late_drop = false, late_send = false, late_temporal = false;
  bool implausible_time = false;  // a time it carried was passed over
  // What checks and counters said, by words that last as long as the program.
  std::vector<std::string_view> words = {};
};

// All that one reading leaves behind, stored in one transaction with its counters.
struct Deposit {
  std::string source;
  ReadingFate fate = ReadingFate::kStored;
  std::string reason;  // of kDead, for the metric: "malformed", "model", ...
  std::vector<NewRow> rows;
  std::vector<DeadLetter> dead;  // one with a destination counts as stored and dead there
  std::vector<std::string>
      late;  // destinations that have newer: counts as stored and dropped there
  Notes notes;
  std::optional<Unknown> unknown;
};

struct Appended {
  std::size_t count = 0;  // of the deposits, from the first on
  std::string refusal;    // why not all of them, "" when all
};

// Conservation, per destination, at all times and across restarts:
//   stored = delivered + queued + merged + dead + dropped
// where dead counts what was dead-lettered at this destination less what was retried from there.
struct Ledger {
  std::uint64_t stored = 0, delivered = 0, queued = 0, merged = 0, dead = 0, dropped = 0;
  std::uint64_t queued_bytes = 0;
  bool balanced() const { return stored == delivered + queued + merged + dead + dropped; }
};

// received = stored + empty + dead + held + rejected + late + duplicate, per source.
struct SourceLedger {
  std::uint64_t received = 0, stored = 0, empty = 0, dead = 0, held = 0, rejected = 0;
  std::map<std::string, std::uint64_t> dead_by_reason;
  std::uint64_t late = 0, duplicate = 0;
  std::map<std::string, std::uint64_t> notes{};  // the names of Notes
  bool balanced() const {
    return received == stored + empty + dead + held + rejected + late + duplicate;
  }
};

// The last look at everything that lies on flash.
struct FlashCheck {
  std::optional<Timestamp> ended;  // none since the start
  std::uint64_t looked_at = 0;     // rows and dead letters
  std::uint64_t damaged = 0;       // of these, rows whose bytes are not those that were written
  bool damage_met = false;         // in the file itself: it is rebuilt now or at the next start
};

struct Totals {
  std::map<std::string, Ledger> destinations;
  std::map<std::string, SourceLedger> sources;
  std::map<std::string, std::map<std::string, std::uint64_t>>
      dead_by_reason;  // destination, reason
  std::map<std::string, std::map<std::string, std::uint64_t>>
      dropped_by_reason;                         // destination, reason
  std::vector<Gap> gaps;                         // newest first
  std::uint64_t rows = 0, bytes = 0;             // queued, all destinations
  std::uint64_t dead_letters = 0, unknowns = 0;  // kept now
  std::uint64_t dead_letters_purged = 0;         // forgotten to keep within their bounds
  std::optional<Timestamp> oldest;               // enqueue time of the oldest queued row
  std::uint64_t file_bytes = 0, flash_bytes_written = 0;
  FlashCheck flash_check;
  std::string refusing;  // why append() refuses now, "" when it does not
};

struct BatchLimits {
  std::size_t max_entities = 100;
  std::size_t max_bytes = std::size_t{512} << 10;
};

struct QueuedRow {
  RowId id = 0;
  std::string destination, entity, payload;
  Timestamp enqueued, observed_at;
  int attempts = 0;
};

// Thread-safe. Everything it returns is a copy. No call blocks longer than a few database commits.
class Outbox {
 public:
  // Opens or creates both shelves. A damaged file is rebuilt from what can be read of it, with a
  // loud line; it is kept as <name>.corrupt-<time>. Throws ConfigError only when
  // nothing can be opened (no directory, no permission) or the file is of a newer version.
  static std::unique_ptr<Outbox> open(const Options& options, const Clock& clock, const Log& log);
  virtual ~Outbox() = default;

  // Stores what readings leave behind, of each all or nothing and all of them in one transaction if
  // there is room for all. What is not stored is refused (full, or the disk fails): do not
  // acknowledge it.
  virtual Appended append(std::span<const Deposit> deposits) = 0;
  // One reading. kRefused: nothing was stored.
  Result<void> append(const Deposit& deposit) {
    const auto appended = append(std::span(&deposit, 1));
    return appended.count == 1 ? Result<void>() : Error{Fault::kRefused, appended.refusal, ""};
  }

  // Called after every append() that stored rows, on the appending thread: must only post.
  virtual void on_append(std::function<void()> wake) = 0;

  // The oldest rows of a destination, at most one per entity and only if nothing older of that
  // entity is queued, sorted by entity id. Behind a backlog up to half of them are newer ones,
  // which nothing of their entity waits before; of four batches one is the oldest alone. A row
  // larger than max_bytes travels alone. Empty when idle. Rows with a retry time in the future hold
  // back their entity, nobody else.
  virtual Batch next_batch(const std::string& destination, const BatchLimits& limits) = 0;

  // Writes what became of a batch in one transaction: accepted rows are deleted, rejected become
  // dead letters, kept rows count an attempt and are not offered before retry_after has passed.
  // Rows that are not in flight are ignored, rows of the batch that the verdict does not name are
  // kept. kTransient when the disk fails: nothing to do for the caller, the outbox writes the
  // verdict when it can and offers nothing of this destination until then.
  virtual Result<void> settle(const std::string& destination, const Verdict& verdict,
                              std::chrono::milliseconds retry_after) = 0;

  // Moves rows that have reached the power loss window to flash, expires rows past max_age, looks
  // at the free space. Call every 100 ms or so; returns when it wants to be called next.
  virtual std::chrono::milliseconds maintain() = 0;
  // Damage was met that is mended by the next start only, and that start would not come too soon
  // after the last one of this kind.
  virtual bool awaits_restart() const { return false; }

  // Everything to flash; for an orderly stop.
  virtual Result<void> flush() = 0;

  virtual Totals totals() const = 0;
  virtual std::vector<QueuedRow> list(std::size_t limit) const = 0;
  virtual std::optional<QueuedRow> find(RowId id) const = 0;

  virtual std::vector<DeadLetter> dead(std::size_t limit) const = 0;
  virtual std::optional<DeadLetter> find_dead(std::int64_t id) const = 0;
  // A dead letter that a broker rejected goes back to the end of its queue as it is. kMalformed
  // when there is none of this id or it was never an entity.
  virtual Result<void> requeue_dead(std::int64_t id) = 0;
  // Forgets a dead letter (after its reading was replayed, or purged); it stays counted.
  virtual Result<void> forget_dead(std::int64_t id) = 0;
  virtual Result<std::uint64_t> purge_dead() = 0;

  virtual std::vector<Unknown> unknowns(std::size_t limit) const = 0;

  // What a forwarder has learned about its destination: a number for a word of the forwarder's own,
  // kept over a restart and, after some minutes, over a power cut. 0 is the same as never learned.
  // At most kMaxLearned words a destination, more are not kept. Not for every request: a change is
  // written to a shelf.
  virtual void remember(const std::string& destination, const std::string& word,
                        std::int64_t value) = 0;
  virtual std::int64_t recall(const std::string& destination, const std::string& word) const = 0;
};

inline constexpr std::size_t kMaxUnknown = 200;
inline constexpr std::size_t kMaxLearned = 50;
inline constexpr std::size_t kMaxDeadLetters = 10'000;
inline constexpr std::size_t kMaxGaps = 50;

}  // namespace lamppost::outbox
