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
  if (bytes.starts_with(stem) && !bytes.starts_with(kJournalMagic))
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
    size_ = state_.replay(*bytes);
    if (size_ == 0 && !bytes->empty()) {
      set_aside(path_, now, "no journal", log_);
    } else if (size_ < bytes->size()) {
      log_.notice("outbox: " + path_.string() + ": the last " +
                  std::to_string(bytes->size() - size_) +
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
  if (write_all(file_.get(), unwritten_)) {
    size_ += unwritten_.size();
    unwritten_.clear();
    return {};
  }
  Error error{Fault::kRefused, path_.string() + ": " + std::strerror(errno), ""};
  // Half an entry would hide every entry after it.
  if (ftruncate(file_.get(), static_cast<off_t>(size_)) != 0) error.text += ", and cannot be cut";
  return error;
}

void FreshShelf::tidy() {
  if (size_ < kTidyFrom || size_ < 2 * live_bytes()) return;
  if (!rewrite()) log_.debug("outbox: cannot rewrite " + path_.string());
}

std::uint64_t FreshShelf::live_bytes() const {
  return state_.tally().all_bytes() + state_.letters_bytes();
}

// The new journal takes the old one's place in one rename, so a kill finds one or the other.
bool FreshShelf::rewrite() {
  const std::string name = path_.string() + ".new";
  FileHandle file(open(name.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0640));
  if (!file.ok()) return false;
  SnapshotWriter writer(file.get());
  if (!writer.write(state_) || rename(name.c_str(), path_.c_str()) != 0) {
    const int reason = errno;
    unlink(name.c_str());
    errno = reason;
    return false;
  }
  file_ = std::move(file);
  size_ = writer.size();
  unwritten_.clear();  // the snapshot has it
  return true;
}

bool read_journal(const fs::path& runtime_dir, FreshState& state) {
  const auto bytes = read_all(runtime_dir / kName);
  return bytes && state.replay(*bytes) > 0;
}

}  // namespace lamppost::outbox
