// SPDX-License-Identifier: Apache-2.0
#include "outbox/flash_vfs.h"

#include <sqlite3.h>

#include <list>
#include <map>
#include <mutex>
#include <string>

#include "outbox/file_layer.h"

namespace lamppost::outbox {
namespace {

using Counter = std::atomic<std::uint64_t>;

std::shared_ptr<Counter> counter_of(const std::string& database) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<Counter>> counters;
  const std::lock_guard lock(mutex);
  auto& counter = counters[database];
  if (!counter) counter = std::make_shared<Counter>(0);
  return counter;
}

struct CountedFile {
  sqlite3_file base;
  Counter* written;  // lives as long as the process
};
using File = FileLayer<CountedFile>;

int write(sqlite3_file* f, const void* bytes, int size, sqlite3_int64 offset) {
  const int code = File::methods(f).xWrite(File::below(f), bytes, size, offset);
  if (code == SQLITE_OK) *File::own(f).written += static_cast<std::uint64_t>(size);
  return code;
}

constexpr sqlite3_io_methods kMethods = [] {
  auto methods = File::pass_through();
  methods.xWrite = write;
  return methods;
}();

// "/x/outbox.db-wal" belongs to "/x/outbox.db".
std::string database_of(std::string name) {
  for (const std::string suffix : {"-wal", "-journal"})
    if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  return name;
}

int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  auto* real = static_cast<sqlite3_vfs*>(vfs->pAppData);
  file->pMethods = nullptr;
  File::below(file)->pMethods = nullptr;
  const int code = real->xOpen(real, name, File::below(file), flags, out_flags);
  if (code != SQLITE_OK) return code;
  File::own(file).written = counter_of(name == nullptr ? "" : database_of(name)).get();
  file->pMethods = &kMethods;
  return SQLITE_OK;
}

struct Layer {
  sqlite3_vfs vfs;
  std::string name;
};

Layer& lay_over(std::list<Layer>& layers, sqlite3_vfs* real) {
  auto& layer = layers.emplace_back(Layer{*real, std::string("lamppost over ") + real->zName});
  layer.vfs.zName = layer.name.c_str();
  layer.vfs.pAppData = real;
  layer.vfs.pNext = nullptr;
  layer.vfs.szOsFile = real->szOsFile + static_cast<int>(sizeof(CountedFile));
  layer.vfs.xOpen = open;
  // The others get the layer below as their argument only where they use it; these two do.
  layer.vfs.xDelete = [](sqlite3_vfs* vfs, const char* name, int sync) {
    auto* below_vfs = static_cast<sqlite3_vfs*>(vfs->pAppData);
    return below_vfs->xDelete(below_vfs, name, sync);
  };
  layer.vfs.xFullPathname = [](sqlite3_vfs* vfs, const char* name, int size, char* out) {
    auto* below_vfs = static_cast<sqlite3_vfs*>(vfs->pAppData);
    return below_vfs->xFullPathname(below_vfs, name, size, out);
  };
  sqlite3_vfs_register(&layer.vfs, 0);
  return layer;
}

}  // namespace

const char* counting_vfs() {
  static std::mutex mutex;
  static std::list<Layer> layers;  // one for each layer below; never removed
  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  const std::lock_guard lock(mutex);
  for (auto& layer : layers)
    if (layer.vfs.pAppData == real) return layer.name.c_str();
  return lay_over(layers, real).name.c_str();
}

ByteCounter bytes_written(const std::filesystem::path& database) {
  return counter_of(std::filesystem::absolute(database).lexically_normal().string());
}

}  // namespace lamppost::outbox
