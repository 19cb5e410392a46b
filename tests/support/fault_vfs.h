// SPDX-License-Identifier: Apache-2.0
// A disk that fails on command: lies under SQLite as its default file layer while the object lives.
// Is asked about every operation on the files of databases opened meanwhile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace lamppost {

class FaultVfs {
 public:
  enum class Operation { kRead, kWrite, kTruncate, kSync, kOpen, kRemove };
  // 0 to let the operation through, else the SQLite result code that it fails with.
  using Fault = std::function<int(Operation)>;

  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  // Of a write that fails, `share` of its bytes are on the disk nevertheless.
  void set(Fault fault, double share = 0.5);
  void heal() { set(nullptr); }
  // This place of the file cannot be read any more, whatever its name becomes.
  void make_unreadable(const std::filesystem::path& file, std::int64_t offset);
};

}  // namespace lamppost
