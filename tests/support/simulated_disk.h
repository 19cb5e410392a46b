// SPDX-License-Identifier: Apache-2.0
// What a power cut leaves of a directory, from the operations that came before it. Rules, those of
// POSIX and no kinder:
//   - bytes and lengths are safe once their file was synced after them;
//   - names (files that were created, renamed or removed) are safe once the directory was synced
//   after them;
//   - of everything else any part may have arrived, in any order.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "support/recording_vfs.h"

namespace lamppost {

using DiskImage = std::map<std::string, std::string>;  // name, bytes

// The part of an operation that arrived: bytes [from, to) of a write, all or nothing of others.
struct Arrival {
  static constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
  std::int64_t from = 0, to = kEnd;
  bool length = false;  // the file is long enough for all of the write, even so

  bool anything() const { return from < to; }
};
inline constexpr Arrival kArrived{};
inline constexpr Arrival kMissing{0, 0, false};

// One way the power may go: what became of each operation that was not safe, in their order.
struct Cut {
  std::vector<Arrival> arrivals;
  char filler = 0;  // in the gaps of files
};

class SimulatedDisk {
 public:
  // Syncs that `deaf` answers true for do nothing, as on a disk that lies.
  using Deaf = std::function<bool(const DiskOperation&)>;
  explicit SimulatedDisk(const DiskImage& before = {}, Deaf deaf = nullptr);

  // Keeps the address of the operation.
  void apply(const DiskOperation& operation);

  // Those that are not safe now, oldest first.
  std::size_t unsafe_count() const { return unsafe_.size(); }
  const DiskOperation& unsafe(std::size_t n) const { return *unsafe_[n].operation; }

  DiskImage after(const Cut& cut) const;

 private:
  struct Unsafe {
    const DiskOperation* operation;
    std::size_t file;
  };
  void settle(const std::function<bool(const Unsafe&)>& concerned, bool arrives);

  Deaf deaf_;
  std::vector<std::string> safe_bytes_;  // of each file that ever was
  std::map<std::string, std::size_t> safe_names_, names_;
  std::vector<Unsafe> unsafe_;
};

// The ways a cut may go now: all that is unsafe arrived; none of it; each single operation missing,
// and each alone; random parts; the last write torn between two sectors, its end or its beginning
// missing. Of single ones, random parts and tears at most `most` each, by lot; with 0 only none of
// it.
std::vector<Cut> cuts(const SimulatedDisk& disk, std::size_t most, std::mt19937& random);

}  // namespace lamppost
