// SPDX-License-Identifier: Apache-2.0
#include "outbox/fresh_shelf.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/finding.h"

namespace lamppost::outbox {
namespace fs = std::filesystem;
namespace {

constexpr const char* kName = "fresh.journal";
// Below this a rewrite is not worth its trouble.
constexpr std::uint64_t kTidyFrom = std::uint64_t{1} << 20;

void refuse_newer(const fs::path& path, std::string_view bytes) {
  const auto stem = kJournalMagic.substr(0, kJournalMagic.size() - 1);
  if (bytes.starts_with(stem) && !bytes.starts_with(kJournalMagic) &&
      !bytes.starts_with(kJournalMagic1))
    throw ConfigError("outbox: " + path.string() +
                      " was written by another version of lamppost: start that version once and "
                      "stop it, or move the file away");
}

// Writes a state as the shortest journal that leads to it.
class SnapshotWriter {
 public:
  explicit SnapshotWriter(int descriptor) : descriptor_(descriptor), out_(kJournalMagic) {}

  bool write(const FreshState& state) {
    put(ledger_of(state));
    for (const auto& [id, letter] : state.letters()) {
      Entry entry;
      entry.change.letters.push_back(letter);
      put(entry);
    }
    for (const auto& [name, lane] : state.lanes())
      for (const auto& [id, row] : lane.rows) {
        Entry entry;
        entry.change.puts.push_back(row);
        put(entry);
      }
    drain();
    return good_;
  }
  std::uint64_t size() const { return size_; }

 private:
  static Entry ledger_of(const FreshState& state) {
    Entry entry;
    entry.marks = state.marks();
    for (const auto& [key, value] : state.tally().counters())
      if (key.book != Book::kQueue && value != 0) entry.change.counts.push_back({key, value});
    for (const auto& [key, unknown] : state.unknowns()) entry.change.unknowns.push_back(unknown);
    for (const auto& [id, gap] : state.gaps()) entry.change.gaps.push_back(gap);
    return entry;
  }
  void put(const Entry& entry) {
    append_entry(out_, entry);
    if (out_.size() > kBlock) drain();
  }
  void drain() {
    good_ = good_ && write_all(descriptor_, out_);
    size_ += out_.size();
    out_.clear();
  }

  static constexpr std::size_t kBlock = 64 * 1024;
  int descriptor_;
  std::string out_;
  std::uint64_t size_ = 0;
  bool good_ = true;
};

}  // namespace

FreshShelf::FreshShelf(const fs::path& runtime_dir, Timestamp now, const Log& log)
    : log_(log), path_(runtime_dir / kName) {
  if (const auto bytes = read_all(path_)) {
    refuse_newer(path_, *bytes);
    const auto good = state_.replay(*bytes);
    const auto written = bytes->find_last_not_of('\0') + 1;  // room reserved ahead holds zeros
    if (good == 0 && !bytes->empty()) {
      set_aside(path_, now, "no journal", log_);
    } else if (good < written) {
      log_.notice("outbox: " + path_.string() + ": the last " + std::to_string(written - good) +
                  " bytes are a write that a crash cut off, and were never acknowledged");
    }
  }
  if (!rewrite())
    throw ConfigError("outbox: cannot write " + path_.string() + ": " + std::strerror(errno));
}

Result<void> FreshShelf::commit(Entry entry) {
  const auto before = unwritten_.size();
  append_entry(unwritten_, entry);
  if (auto written = write(); !written) {
    unwritten_.resize(before);
    return written;
  }
  state_.apply(std::move(entry));
  return {};
}

void FreshShelf::commit_surely(Entry entry) {
  append_entry(unwritten_, entry);
  if (const auto written = write(); !written)
    log_.debug("outbox: " + written.error().text + ": noted in memory for now");
  state_.apply(std::move(entry));
}

Result<void> FreshShelf::write() {
  if (!file_.append(unwritten_))
    return Error{Fault::kRefused, path_.string() + ": " + std::strerror(errno), ""};
  unwritten_.clear();
  return {};
}

void FreshShelf::tidy() {
  if (file_.size() < kTidyFrom || file_.size() < 2 * live_bytes()) return;
  if (!rewrite()) log_.debug("outbox: cannot rewrite " + path_.string());
}

std::uint64_t FreshShelf::live_bytes() const {
  return state_.tally().all_bytes() + state_.letters_bytes();
}

// The new journal takes the old one's place in one rename, so a kill finds one or the other.
bool FreshShelf::rewrite() {
  const std::string name = path_.string() + ".new";
  FileHandle file(open(name.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
  if (!file.ok()) return false;
  SnapshotWriter writer(file.get());
  if (!writer.write(state_) || rename(name.c_str(), path_.c_str()) != 0) {
    const int reason = errno;
    unlink(name.c_str());
    errno = reason;
    return false;
  }
  file_ = AppendFile(std::move(file), writer.size());
  unwritten_.clear();  // the snapshot has it
  return true;
}

bool read_journal(const fs::path& runtime_dir, FreshState& state) {
  const auto bytes = read_all(runtime_dir / kName);
  return bytes && state.replay(*bytes) > 0;
}

}  // namespace lamppost::outbox
