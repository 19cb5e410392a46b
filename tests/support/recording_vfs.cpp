// SPDX-License-Identifier: Apache-2.0
#include "support/recording_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>
#include <utility>

#include "outbox/file_layer.h"

namespace lamppost {
namespace {

namespace fs = std::filesystem;
using Kind = DiskOperation::Kind;

struct Recording {
  bool on = false;
  std::function<bool()> fail_sync;
  DiskLog log;
  fs::path directory;  // of the databases
};

Recording& recording() {
  static Recording current;
  return current;
}

void note(Kind kind, const char* path, std::int64_t offset = 0, std::string bytes = {}) {
  if (path == nullptr) return;
  if (recording().directory.empty()) recording().directory = fs::path(path).parent_path();
  const auto name = kind == Kind::kSyncDirectory ? "" : fs::path(path).filename().string();
  recording().log.push_back({kind, name, offset, std::move(bytes), {}});
}

sqlite3_vfs* below() {
  static sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
  return vfs;
}

struct OwnFile {
  sqlite3_file base;
  const char* path;  // SQLite keeps it for as long as the file is open; nullptr for temporary ones
};
using File = outbox::FileLayer<OwnFile>;

const char* path_of(sqlite3_file* f) { return File::own(f).path; }

int write(sqlite3_file* f, const void* bytes, int size, sqlite3_int64 offset) {
  note(Kind::kWrite, path_of(f), offset,
       std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size)));
  return File::methods(f).xWrite(File::below(f), bytes, size, offset);
}

int truncate(sqlite3_file* f, sqlite3_int64 size) {
  note(Kind::kTruncate, path_of(f), size);
  return File::methods(f).xTruncate(File::below(f), size);
}

// A sync of the directory that is part of this one is noted after it, by open_directory().
int sync(sqlite3_file* f, int flags) {
  const bool fails = recording().fail_sync && recording().fail_sync();
  note(fails ? Kind::kSyncFailed : Kind::kSync, path_of(f));
  return fails ? SQLITE_IOERR_FSYNC : File::methods(f).xSync(File::below(f), flags);
}

constexpr sqlite3_io_methods kMethods = [] {
  auto methods = File::pass_through();
  methods.xWrite = write;
  methods.xTruncate = truncate;
  methods.xSync = sync;
  return methods;
}();

bool exists(const char* path) {
  std::error_code ignored;
  return path != nullptr && fs::exists(path, ignored);
}

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  File::below(file)->pMethods = nullptr;
  const bool existed = exists(name);
  const int code = below()->xOpen(below(), name, File::below(file), flags, out_flags);
  if (code != SQLITE_OK) return code;
  if (!existed) note(Kind::kCreate, name);
  File::own(file).path = name;
  file->pMethods = &kMethods;
  return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int sync_directory) {
  if (exists(name)) note(Kind::kRemove, name);
  return below()->xDelete(below(), name, sync_directory);
}

// SQLite calls this with the path of a file to open that file's directory, and then syncs it.
using OpenDirectory = int (*)(const char*, int*);
OpenDirectory& real_open_directory() {
  static OpenDirectory function = nullptr;
  return function;
}
int open_directory(const char* file, int* descriptor) {
  note(Kind::kSyncDirectory, file);
  return real_open_directory()(file, descriptor);
}

void listen_to_directories(bool on) {
  constexpr const char* kCall = "openDirectory";
  if (on)
    real_open_directory() =
        reinterpret_cast<OpenDirectory>(below()->xGetSystemCall(below(), kCall));
  auto* const call = on ? open_directory : real_open_directory();
  below()->xSetSystemCall(below(), kCall, reinterpret_cast<sqlite3_syscall_ptr>(call));
}

// Never goes away: layers above may keep its address.
sqlite3_vfs& the_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made = *below();
    made.zName = "lamppost test recording";
    made.pNext = nullptr;
    made.szOsFile = below()->szOsFile + static_cast<int>(sizeof(OwnFile));
    made.xOpen = open;
    made.xDelete = remove;
    return made;
  }();
  return vfs;
}

}  // namespace

RecordingVfs::RecordingVfs(std::function<bool()> fail_sync) {
  recording() = {true, std::move(fail_sync), {}, {}};
  sqlite3_initialize();
  listen_to_directories(true);
  sqlite3_vfs_register(&the_vfs(), 1);
}

RecordingVfs::~RecordingVfs() {
  sqlite3_vfs_unregister(&the_vfs());
  sqlite3_vfs_register(below(), 1);
  listen_to_directories(false);
  recording() = {};
}

const DiskLog& RecordingVfs::log() const { return recording().log; }

}  // namespace lamppost

// What the program does without SQLite. These stand in for the functions of the C library in
// everything that this is linked with.
extern "C" int rename(const char* from, const char* to) {
  auto& recording = lamppost::recording();
  const int done = renameat(AT_FDCWD, from, AT_FDCWD, to);
  if (recording.on && done == 0 && lamppost::fs::path(from).parent_path() == recording.directory)
    recording.log.push_back({lamppost::Kind::kRename,
                             lamppost::fs::path(from).filename().string(),
                             0,
                             {},
                             lamppost::fs::path(to).filename().string()});
  return done;
}

extern "C" int remove(const char* file) {
  const std::string_view name = file;
  const bool half_made = name.find(".rescue") != name.npos && !name.ends_with("-shm");
  if (lamppost::recording().on && half_made && lamppost::exists(file))
    lamppost::note(lamppost::Kind::kRemove, file);
  return unlinkat(AT_FDCWD, file, 0) == 0 ? 0 : unlinkat(AT_FDCWD, file, AT_REMOVEDIR);
}

extern "C" int fsync(int descriptor) {
  struct stat about {};
  auto& recording = lamppost::recording();
  std::error_code ignored;
  if (recording.on && fstat(descriptor, &about) == 0 && S_ISDIR(about.st_mode) &&
      lamppost::fs::equivalent("/proc/self/fd/" + std::to_string(descriptor), recording.directory,
                               ignored))
    lamppost::note(lamppost::Kind::kSyncDirectory, "");
  return static_cast<int>(syscall(SYS_fsync, descriptor));
}
