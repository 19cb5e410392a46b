// SPDX-License-Identifier: Apache-2.0
// The pages of an SQLite file as its next reader would see them, whatever state they are in: those
// of whole transactions in its WAL, over those of the file itself. Format:
// https://sqlite.org/fileformat2.html, sections 1.3 and 4. Changes nothing; nobody else may have
// the file open. Lamppost's files have pages of 4096 bytes with nothing reserved.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>

namespace lamppost::outbox {

inline constexpr std::size_t kPageSize = 4096;
using PageNumber = std::uint32_t;  // from 1 on

class PageFile {
 public:
  explicit PageFile(const std::filesystem::path& path);
  ~PageFile();
  PageFile(const PageFile&) = delete;
  PageFile& operator=(const PageFile&) = delete;

  PageNumber count() const { return count_; }
  // kPageSize bytes; "" beyond the end, or when the disk does not give them back, not even at the
  // third time of asking.
  std::string page(PageNumber number);
  // Pages that the disk did not give back.
  std::size_t unreadable() const { return unreadable_; }
  // The disk gives nothing back at all, or the file can not be opened: no word about its pages.
  bool failing();

 private:
  class Part;
  void read_wal(const std::filesystem::path& path);

  std::unique_ptr<Part> file_, wal_;
  std::unordered_map<PageNumber, std::int64_t> in_wal_;  // offset of the page in the WAL
  PageNumber count_ = 0;
  std::size_t unreadable_ = 0;
  bool wal_failed_ = false;
};

// Big-endian, as everything in the file is.
std::uint32_t u32_at(std::string_view bytes, std::size_t at);
std::uint16_t u16_at(std::string_view bytes, std::size_t at);

}  // namespace lamppost::outbox
