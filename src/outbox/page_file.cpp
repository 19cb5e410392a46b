// SPDX-License-Identifier: Apache-2.0
#include "outbox/page_file.h"

#include <sqlite3.h>

#include <cstddef>
#include <utility>
#include <vector>

namespace lamppost::outbox {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kWalHeader = 32, kFrameHeader = 24;
constexpr std::uint32_t kWalMagic = 0x377F0682;  // | 1: check sums over big-endian words

struct WalSum {
  std::uint32_t first = 0, second = 0;
  bool operator==(const WalSum&) const = default;
};

WalSum add(WalSum sum, std::string_view bytes, bool big_endian) {
  const auto word = [&](std::size_t at) {
    const auto value = u32_at(bytes, at);
    return big_endian ? value : __builtin_bswap32(value);
  };
  for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    sum.first += word(at) + sum.second;
    sum.second += word(at + 4) + sum.first;
  }
  return sum;
}

}  // namespace

std::uint32_t u32_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t n = 0; n < 4; ++n)
    value = value << 8 | static_cast<unsigned char>(bytes[at + n]);
  return value;
}

std::uint16_t u16_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                                    static_cast<unsigned char>(bytes[at + 1]));
}

// A file, through the file layer that SQLite has at this moment.
class PageFile::Part {
 public:
  Part(const fs::path& path, int kind) : vfs_(sqlite3_vfs_find(nullptr)) {
    name_ = sqlite3_create_filename(path.c_str(), "", "", 0, nullptr);
    memory_.resize(static_cast<std::size_t>(vfs_->szOsFile) / sizeof(std::max_align_t) + 1);
    int flags = 0;
    if (vfs_->xOpen(vfs_, name_, file(), SQLITE_OPEN_READONLY | kind, &flags) != SQLITE_OK) return;
    open_ = true;
    sqlite3_int64 size = 0;
    if (file()->pMethods->xFileSize(file(), &size) == SQLITE_OK) size_ = size;
  }
  ~Part() {
    if (open_) file()->pMethods->xClose(file());
    sqlite3_free_filename(name_);
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  bool open() const { return open_; }
  std::int64_t size() const { return size_; }
  // False when the disk fails, three times. What lies beyond the end is not asked for.
  bool read(std::int64_t offset, std::string& bytes) {
    constexpr int kTries = 3;
    for (int n = 0; n < kTries; ++n)
      if (file()->pMethods->xRead(file(), bytes.data(), static_cast<int>(bytes.size()), offset) ==
          SQLITE_OK)
        return true;
    return false;
  }

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

  sqlite3_vfs* vfs_;
  sqlite3_filename name_;
  std::vector<std::max_align_t> memory_;
  bool open_ = false;
  std::int64_t size_ = 0;
};

PageFile::PageFile(const fs::path& path)
    : file_(std::make_unique<Part>(path, SQLITE_OPEN_MAIN_DB)) {
  if (file_->open()) count_ = static_cast<PageNumber>(file_->size() / kPageSize);
  std::error_code ignored;
  const fs::path wal = path.string() + "-wal";
  if (fs::exists(wal, ignored)) read_wal(wal);
}

PageFile::~PageFile() = default;

// Frames count up to the last commit whose chain of check sums holds.
void PageFile::read_wal(const fs::path& path) {
  wal_ = std::make_unique<Part>(path, SQLITE_OPEN_WAL);
  std::string header(kWalHeader, '\0');
  wal_failed_ = !wal_->open();
  if (wal_failed_ || wal_->size() < static_cast<std::int64_t>(kWalHeader)) return;
  wal_failed_ = !wal_->read(0, header);
  if (wal_failed_) return;
  const auto magic = u32_at(header, 0);
  if ((magic & ~1U) != kWalMagic || u32_at(header, 8) != kPageSize) return;
  const bool big_endian = (magic & 1U) != 0;
  auto sum = add({}, std::string_view(header).substr(0, 24), big_endian);
  if (sum != WalSum{u32_at(header, 24), u32_at(header, 28)}) return;

  std::vector<std::pair<PageNumber, std::int64_t>> transaction;
  std::string frame(kFrameHeader + kPageSize, '\0');
  const auto step = static_cast<std::int64_t>(frame.size());
  for (std::int64_t at = kWalHeader; at + step <= wal_->size(); at += step) {
    wal_failed_ = !wal_->read(at, frame);
    if (wal_failed_) return;
    const std::string_view bytes = frame;
    sum = add(sum, bytes.substr(0, 8), big_endian);
    sum = add(sum, bytes.substr(kFrameHeader), big_endian);
    const bool same_salt = bytes.substr(8, 8) == std::string_view(header).substr(16, 8);
    if (!same_salt || sum != WalSum{u32_at(bytes, 16), u32_at(bytes, 20)}) return;
    transaction.emplace_back(u32_at(bytes, 0), at + static_cast<std::int64_t>(kFrameHeader));
    const auto size_after_commit = u32_at(bytes, 4);
    if (size_after_commit == 0) continue;
    for (const auto& [number, offset] : transaction) in_wal_[number] = offset;
    transaction.clear();
    count_ = size_after_commit;
  }
}

std::string PageFile::page(PageNumber number) {
  std::string bytes(kPageSize, '\0');
  if (number < 1 || number > count_) return {};
  const auto in_wal = in_wal_.find(number);
  if (in_wal != in_wal_.end() && wal_->read(in_wal->second, bytes)) return bytes;
  if (in_wal == in_wal_.end()) {
    const auto offset = (std::int64_t{number} - 1) * static_cast<std::int64_t>(kPageSize);
    if (offset + static_cast<std::int64_t>(kPageSize) > file_->size()) return {};
    if (file_->read(offset, bytes)) return bytes;
  }
  ++unreadable_;
  return {};
}

bool PageFile::failing() {
  if (!file_->open() || (wal_ && !wal_->open())) return true;
  if (wal_failed_) return true;  // acknowledged transactions may stand there
  if (unreadable_ == 0) return false;
  std::string bytes(kPageSize, '\0');
  for (PageNumber n = 0; n < count_; ++n)
    if (file_->read(std::int64_t{n} * static_cast<std::int64_t>(kPageSize), bytes)) return false;
  return true;
}

}  // namespace lamppost::outbox
