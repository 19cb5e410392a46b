// SPDX-License-Identifier: Apache-2.0
#include "support/fault_vfs.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include "outbox/file_layer.h"

namespace lamppost {
namespace {

using Operation = FaultVfs::Operation;

struct Faults {
  FaultVfs::Fault fault;
  double share = 0;  // of a failing write
  ino_t bad_file = 0;
  sqlite3_int64 bad_offset = 0;
};

ino_t inode_of(const char* path) {
  struct stat about {};
  return path != nullptr && stat(path, &about) == 0 ? about.st_ino : 0;
}

Faults& faults() {
  static Faults current;
  return current;
}

int fate_of(Operation operation) { return faults().fault ? faults().fault(operation) : SQLITE_OK; }

struct OwnFile {
  sqlite3_file base;
  ino_t inode;
};
using File = outbox::FileLayer<OwnFile>;

int read(sqlite3_file* f, void* to, int size, sqlite3_int64 offset) {
  const auto bad = faults().bad_offset;
  const bool touched = offset <= bad && bad < offset + size;
  const auto inode = reinterpret_cast<OwnFile*>(f)->inode;
  if (touched && inode != 0 && inode == faults().bad_file) return SQLITE_IOERR_READ;
  const int code = fate_of(Operation::kRead);
  return code == SQLITE_OK ? File::methods(f).xRead(File::below(f), to, size, offset) : code;
}

int write(sqlite3_file* f, const void* bytes, int size, sqlite3_int64 offset) {
  const int code = fate_of(Operation::kWrite);
  if (code == SQLITE_OK) return File::methods(f).xWrite(File::below(f), bytes, size, offset);
  File::methods(f).xWrite(File::below(f), bytes, static_cast<int>(size * faults().share), offset);
  return code;
}

int truncate(sqlite3_file* f, sqlite3_int64 size) {
  const int code = fate_of(Operation::kTruncate);
  return code == SQLITE_OK ? File::methods(f).xTruncate(File::below(f), size) : code;
}

int sync(sqlite3_file* f, int flags) {
  const int code = fate_of(Operation::kSync);
  return code == SQLITE_OK ? File::methods(f).xSync(File::below(f), flags) : code;
}

constexpr sqlite3_io_methods kMethods = [] {
  auto methods = File::pass_through();
  methods.xRead = read;
  methods.xWrite = write;
  methods.xTruncate = truncate;
  methods.xSync = sync;
  return methods;
}();

sqlite3_vfs* below() {
  static sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
  return vfs;
}

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  File::below(file)->pMethods = nullptr;
  if (const int fate = fate_of(Operation::kOpen); fate != SQLITE_OK) return fate;
  const int code = below()->xOpen(below(), name, File::below(file), flags, out_flags);
  if (code == SQLITE_OK) file->pMethods = &kMethods;
  reinterpret_cast<OwnFile*>(file)->inode = inode_of(name);
  return code;
}

int remove(sqlite3_vfs*, const char* name, int sync_directory) {
  const int fate = fate_of(Operation::kRemove);
  return fate == SQLITE_OK ? below()->xDelete(below(), name, sync_directory) : fate;
}

// Never goes away: layers above may keep its address.
sqlite3_vfs& the_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made = *below();
    made.zName = "lamppost test faults";
    made.pNext = nullptr;
    made.szOsFile = below()->szOsFile + static_cast<int>(sizeof(OwnFile));
    made.xOpen = open;
    made.xDelete = remove;
    return made;
  }();
  return vfs;
}

}  // namespace

FaultVfs::FaultVfs() {
  sqlite3_initialize();
  sqlite3_vfs_register(&the_vfs(), 1);
}

FaultVfs::~FaultVfs() {
  faults() = {};
  sqlite3_vfs_unregister(&the_vfs());
  sqlite3_vfs_register(below(), 1);
}

void FaultVfs::set(Fault fault, double share) {
  faults().fault = std::move(fault);
  faults().share = share;
}

void FaultVfs::make_unreadable(const std::filesystem::path& file, std::int64_t offset) {
  faults().bad_file = inode_of(file.c_str());
  faults().bad_offset = offset;
}

}  // namespace lamppost
