// SPDX-License-Identifier: Apache-2.0
// Memory that outlives kill -9 and a restart: a file of fixed size on tmpfs, mapped.
//
//   0   8 bytes   a name of what it holds
//   8   u64       number of slots
//   64  slots
//
// in the machine's own byte order. Whoever reads a slot has to see by itself whether a kill left it
// half written.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "core/log.h"

namespace lamppost::ingest {

class TableFile {
 public:
  struct Shape {
    std::string_view name;  // 8 bytes
    std::size_t slots, slot_bytes;
    std::string_view loss;  // what does not outlive a restart without the file
  };
  // A file of another size or name is begun anew; one that cannot be had is said in the log, and
  // the table lives in the memory of this process alone. So it does with an empty path, in silence.
  TableFile(const std::filesystem::path& file, const Shape& shape, const Log& log);
  ~TableFile();
  TableFile(const TableFile&) = delete;
  TableFile& operator=(const TableFile&) = delete;

  void* slots() const;
  // True when the file was there already: what it holds is from before the start.
  bool survived() const { return survived_; }

 private:
  void* map_file(const std::filesystem::path& file, const Shape& shape);

  const std::size_t bytes_;
  void* memory_ = nullptr;
  bool survived_ = false;
};

}  // namespace lamppost::ingest
