// SPDX-License-Identifier: Apache-2.0
#include "outbox/files.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/finding.h"

namespace lamppost::outbox {
namespace fs = std::filesystem;
namespace {

// "20260301T120000Z": sorts, and has no character that a file system minds.
std::string compact_time(Timestamp now) {
  const std::string iso = to_iso8601(now);
  std::string text;
  for (const char c : iso.substr(0, 19))
    if (c != '-' && c != ':') text += c;
  return text + "Z";
}

fs::path unused_name(const fs::path& file, Timestamp now) {
  const std::string base = file.string() + ".corrupt-" + compact_time(now);
  fs::path name = base;
  std::error_code ignored;
  for (int n = 2; fs::exists(name, ignored); ++n) name = base + "-" + std::to_string(n);
  return name;
}

}  // namespace

FileHandle::~FileHandle() {
  if (ok()) close(descriptor_);
}

FileHandle create_file(const fs::path& file) {
  return FileHandle(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
}

FileHandle lock_for_writing(const fs::path& file) {
  const std::string name = file.string() + ".lock";
  FileHandle handle = create_file(name);
  if (!handle.ok())
    throw ConfigError("outbox: cannot open " + name + ": " + std::strerror(errno) +
                      ": the directory must exist and be writable");
  if (flock(handle.get(), LOCK_EX | LOCK_NB) != 0)
    throw ConfigError("outbox: " + file.string() +
                      " is in use by another lamppost process: stop it first");
  return handle;
}

std::optional<fs::path> move_aside(const fs::path& file, Timestamp now) {
  auto name = unused_name(file, now);
  std::error_code failed, ignored;
  for (const char* part : {"-wal", ""})
    if (fs::exists(file.string() + part, ignored) && !failed)
      fs::rename(file.string() + part, name.string() + part, failed);
  fs::remove(file.string() + "-shm", ignored);  // the index of the WAL, made anew when it is read
  sync_directory(file.parent_path());
  return failed ? std::nullopt : std::optional(std::move(name));
}

void set_aside(const fs::path& file, Timestamp now, std::string_view why, const Log& log) {
  std::error_code ignored;
  const auto size = fs::file_size(file, ignored);
  const auto name = move_aside(file, now);
  const std::string subject = "outbox file " + file.string() + " is damaged (" + std::string(why);
  if (!name)
    log.error(subject + ") and cannot be renamed");
  else
    log.error(subject + "): its " + std::to_string(size) + " bytes are set aside as " +
              name->string() + ", a new file is started");
}

void sync_directory(const fs::path& directory) {
  const FileHandle handle(
      open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.ok()) fsync(handle.get());
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::optional<std::string> read_all(const fs::path& file) {
  const FileHandle handle(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!handle.ok()) return std::nullopt;
  std::string bytes;
  char block[65536];
  for (;;) {
    const auto got = read(handle.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) return bytes;
    bytes.append(block, static_cast<std::size_t>(got));
  }
}

bool is_tmpfs(const fs::path& directory) {
  struct statfs about {};
  return statfs(directory.c_str(), &about) == 0 &&
         (about.f_type == TMPFS_MAGIC || static_cast<std::uint32_t>(about.f_type) == RAMFS_MAGIC);
}

std::optional<std::uint64_t> free_disk(const fs::path& directory) {
  struct statvfs about {};
  if (statvfs(directory.empty() ? "." : directory.c_str(), &about) != 0) return std::nullopt;
  return std::uint64_t{about.f_bavail} * about.f_frsize;
}

std::string size_text(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double size = static_cast<double>(bytes);
  int unit = 0;
  for (; size >= 1024 && unit < 4; ++unit) size /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", size, kUnits[unit]);
  return text;
}

}  // namespace lamppost::outbox
