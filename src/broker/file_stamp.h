// SPDX-License-Identifier: Apache-2.0
// Tells whether a file is still the one that was read.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

namespace lamppost::broker {

struct FileStamp {
  std::uint64_t device = 0, inode = 0;
  std::int64_t size = -1, seconds = 0, nanoseconds = 0;  // of the last change

  // That of a file which is not there, and of "", equals FileStamp{}.
  static FileStamp of(const std::string& file) {
    struct stat status {};
    if (file.empty() || ::stat(file.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
            status.st_mtim.tv_nsec};
  }
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

}  // namespace lamppost::broker
