// SPDX-License-Identifier: Apache-2.0
// A disk that remembers: lies under SQLite as its default file layer while the object lives and
// notes, in order, everything that changes what a power cut would leave of the files opened
// meanwhile, all in one directory. Syncs of the directory are those that SQLite really makes: its
// own "open this directory to sync it" is listened to. So are rename(2), fsync(2) of a directory
// and removals of half-made files that the program makes itself. The shared memory of the WAL
// ("-shm") is not noted: SQLite makes it anew after a cut and never relies on what is in it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lamppost {

struct DiskOperation {
  // kSyncFailed: reported to SQLite as failed, and the bytes that waited for it are gone, which is
  // how Linux treats them.
  enum class Kind {
    kCreate,
    kWrite,
    kTruncate,
    kSync,
    kSyncFailed,
    kRemove,
    kRename,
    kSyncDirectory
  };
  Kind kind = Kind::kWrite;
  std::string file;         // its name in the directory; "" for the directory itself
  std::int64_t offset = 0;  // of kWrite; the new size of kTruncate
  std::string bytes;        // of kWrite
  std::string to;           // of kRename: the new name
};

using DiskLog = std::vector<DiskOperation>;

// One at a time, and single-threaded.
class RecordingVfs {
 public:
  // `fail_sync` is asked at each sync of a file whether it fails.
  explicit RecordingVfs(std::function<bool()> fail_sync = nullptr);
  ~RecordingVfs();
  RecordingVfs(const RecordingVfs&) = delete;
  RecordingVfs& operator=(const RecordingVfs&) = delete;

  const DiskLog& log() const;
};

}  // namespace lamppost
