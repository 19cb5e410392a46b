// SPDX-License-Identifier: Apache-2.0
// What the outbox does to files beside reading and writing them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/log.h"
#include "core/timestamp.h"

namespace lamppost::outbox {

// An open file descriptor, closed on destruction.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~FileHandle();

  int get() const { return descriptor_; }
  bool ok() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

// Creates the file, or opens it as it is.
FileHandle create_file(const std::filesystem::path& file);

// Makes this process the only writer of `file` for as long as the handle lives, by flock(2) on
// `<file>.lock`. Throws ConfigError when another process is.
FileHandle lock_for_writing(const std::filesystem::path& file);

// Renames a file, with its WAL, to <name>.corrupt-<time>, and returns that name; what of them there
// is not stays away. nullopt when something can not be renamed. Afterwards the directory is synced.
std::optional<std::filesystem::path> move_aside(const std::filesystem::path& file, Timestamp now);
// The same with a file that nothing can be read from, and says so.
void set_aside(const std::filesystem::path& file, Timestamp now, std::string_view why,
               const Log& log);

// A new or renamed file is only safe once its directory is on disk too.
void sync_directory(const std::filesystem::path& directory);

// Writes all bytes; false with errno set. Retries after a signal.
bool write_all(int descriptor, std::string_view bytes);
std::optional<std::string> read_all(const std::filesystem::path& file);

bool is_tmpfs(const std::filesystem::path& directory);

// Free bytes for an unprivileged process, nullopt when nobody can say.
using FreeDisk = std::function<std::optional<std::uint64_t>(const std::filesystem::path&)>;
std::optional<std::uint64_t> free_disk(const std::filesystem::path& directory);

// "1.0 GiB"
std::string size_text(std::uint64_t bytes);

}  // namespace lamppost::outbox
