// SPDX-License-Identifier: Apache-2.0
// The file of a layer between SQLite and the file system that hands everything down; a layer puts
// its own functions in place of some of these.
#pragma once

#include <sqlite3.h>

namespace lamppost::outbox {

// SQLite allocates an Own, which begins with an sqlite3_file, and right behind it the file of the
// layer below: szOsFile of the layer is larger by sizeof(Own).
template <typename Own>
struct FileLayer {
  static Own& own(sqlite3_file* f) { return *reinterpret_cast<Own*>(f); }
  static sqlite3_file* below(sqlite3_file* f) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<Own*>(f) + 1);
  }
  static const sqlite3_io_methods& methods(sqlite3_file* f) { return *below(f)->pMethods; }

  // Version 2 of the methods has shared memory for WAL and no memory-mapped reading, which is off.
  static constexpr sqlite3_io_methods pass_through() {
    return {
        2,
        [](sqlite3_file* f) { return methods(f).xClose(below(f)); },
        [](sqlite3_file* f, void* to, int size, sqlite3_int64 offset) {
          return methods(f).xRead(below(f), to, size, offset);
        },
        [](sqlite3_file* f, const void* bytes, int size, sqlite3_int64 offset) {
          return methods(f).xWrite(below(f), bytes, size, offset);
        },
        [](sqlite3_file* f, sqlite3_int64 size) { return methods(f).xTruncate(below(f), size); },
        [](sqlite3_file* f, int flags) { return methods(f).xSync(below(f), flags); },
        [](sqlite3_file* f, sqlite3_int64* size) { return methods(f).xFileSize(below(f), size); },
        [](sqlite3_file* f, int level) { return methods(f).xLock(below(f), level); },
        [](sqlite3_file* f, int level) { return methods(f).xUnlock(below(f), level); },
        [](sqlite3_file* f, int* held) { return methods(f).xCheckReservedLock(below(f), held); },
        [](sqlite3_file* f, int op, void* arg) {
          return methods(f).xFileControl(below(f), op, arg);
        },
        [](sqlite3_file* f) { return methods(f).xSectorSize(below(f)); },
        [](sqlite3_file* f) { return methods(f).xDeviceCharacteristics(below(f)); },
        [](sqlite3_file* f, int page, int size, int extend, void volatile** memory) {
          return methods(f).xShmMap(below(f), page, size, extend, memory);
        },
        [](sqlite3_file* f, int offset, int n, int flags) {
          return methods(f).xShmLock(below(f), offset, n, flags);
        },
        [](sqlite3_file* f) { methods(f).xShmBarrier(below(f)); },
        [](sqlite3_file* f, int remove) { return methods(f).xShmUnmap(below(f), remove); },
        nullptr,
        nullptr,
    };
  }
};

}  // namespace lamppost::outbox
