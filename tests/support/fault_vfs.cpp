// SPDX-License-Identifier: Apache-2.0
#include "support/fault_vfs.h"

#include <sqlite3.h>

namespace lamppost {
namespace {

using Operation = FaultVfs::Operation;

struct Faults {
  FaultVfs::Fault fault;
  double share = 0;  // of a failing write
};

Faults& faults() {
  static Faults current;
  return current;
}

int fate_of(Operation operation) { return faults().fault ? faults().fault(operation) : SQLITE_OK; }

// SQLite allocates this and, right behind it, the real file.
struct File {
  sqlite3_file base;
};

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}
const sqlite3_io_methods& methods(sqlite3_file* file) { return *real(file)->pMethods; }

int read(sqlite3_file* f, void* to, int size, sqlite3_int64 offset) {
  const int code = fate_of(Operation::kRead);
  return code == SQLITE_OK ? methods(f).xRead(real(f), to, size, offset) : code;
}

int write(sqlite3_file* f, const void* bytes, int size, sqlite3_int64 offset) {
  const int code = fate_of(Operation::kWrite);
  if (code == SQLITE_OK) return methods(f).xWrite(real(f), bytes, size, offset);
  methods(f).xWrite(real(f), bytes, static_cast<int>(size * faults().share), offset);
  return code;
}

int truncate(sqlite3_file* f, sqlite3_int64 size) {
  const int code = fate_of(Operation::kTruncate);
  return code == SQLITE_OK ? methods(f).xTruncate(real(f), size) : code;
}

int sync(sqlite3_file* f, int flags) {
  const int code = fate_of(Operation::kSync);
  return code == SQLITE_OK ? methods(f).xSync(real(f), flags) : code;
}

constexpr sqlite3_io_methods kMethods = {
    2,
    [](sqlite3_file* f) { return methods(f).xClose(real(f)); },
    read,
    write,
    truncate,
    sync,
    [](sqlite3_file* f, sqlite3_int64* size) { return methods(f).xFileSize(real(f), size); },
    [](sqlite3_file* f, int level) { return methods(f).xLock(real(f), level); },
    [](sqlite3_file* f, int level) { return methods(f).xUnlock(real(f), level); },
    [](sqlite3_file* f, int* held) { return methods(f).xCheckReservedLock(real(f), held); },
    [](sqlite3_file* f, int op, void* arg) { return methods(f).xFileControl(real(f), op, arg); },
    [](sqlite3_file* f) { return methods(f).xSectorSize(real(f)); },
    [](sqlite3_file* f) { return methods(f).xDeviceCharacteristics(real(f)); },
    [](sqlite3_file* f, int page, int size, int extend, void volatile** memory) {
      return methods(f).xShmMap(real(f), page, size, extend, memory);
    },
    [](sqlite3_file* f, int offset, int n, int flags) {
      return methods(f).xShmLock(real(f), offset, n, flags);
    },
    [](sqlite3_file* f) { methods(f).xShmBarrier(real(f)); },
    [](sqlite3_file* f, int remove) { return methods(f).xShmUnmap(real(f), remove); },
    nullptr,
    nullptr,
};

sqlite3_vfs* below() {
  static sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
  return vfs;
}

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  real(file)->pMethods = nullptr;
  if (const int fate = fate_of(Operation::kOpen); fate != SQLITE_OK) return fate;
  const int code = below()->xOpen(below(), name, real(file), flags, out_flags);
  if (code == SQLITE_OK) file->pMethods = &kMethods;
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
    made.szOsFile = below()->szOsFile + static_cast<int>(sizeof(File));
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
  heal();
  sqlite3_vfs_unregister(&the_vfs());
  sqlite3_vfs_register(below(), 1);
}

void FaultVfs::set(Fault fault, double share) { faults() = {std::move(fault), share}; }

}  // namespace lamppost
