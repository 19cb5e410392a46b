// SPDX-License-Identifier: Apache-2.0
#include "ingest/table_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <new>

namespace lamppost::ingest {
namespace {

constexpr std::size_t kHeaderBytes = 64;

struct Header {
  char name[8];
  std::uint64_t slots;
};

bool is_table(int file, std::size_t bytes, const TableFile::Shape& shape) {
  struct stat state {};
  Header header{};
  return fstat(file, &state) == 0 && static_cast<std::uint64_t>(state.st_size) == bytes &&
         pread(file, &header, sizeof header, 0) == sizeof header &&
         std::equal(std::begin(header.name), std::end(header.name), shape.name.begin()) &&
         header.slots == shape.slots;
}

// All pages are had now: a full tmpfs shows here and not as SIGBUS at some reading. They are zeros
// of the kernel's, so those that are never used take no memory of this process.
bool begin_table(int file, std::size_t bytes, const TableFile::Shape& shape) {
  if (ftruncate(file, 0) != 0) return false;
  errno = posix_fallocate(file, 0, static_cast<off_t>(bytes));
  if (errno != 0) return false;
  Header header{{}, shape.slots};
  std::copy(shape.name.begin(), shape.name.end(), header.name);
  return pwrite(file, &header, sizeof header, 0) == sizeof header;
}

}  // namespace

TableFile::TableFile(const std::filesystem::path& file, const Shape& shape, const Log& log)
    : bytes_(kHeaderBytes + shape.slots * shape.slot_bytes) {
  assert(shape.name.size() == sizeof Header::name);
  if (!file.empty()) memory_ = map_file(file, shape);
  if (memory_ != nullptr) return;
  if (!file.empty())
    log.warning("cannot use " + file.string() + " (" + std::strerror(errno) +
                "): " + std::string(shape.loss) + " after a restart");
  memory_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory_ == MAP_FAILED) throw std::bad_alloc();
}

TableFile::~TableFile() { munmap(memory_, bytes_); }

void* TableFile::slots() const { return static_cast<char*>(memory_) + kHeaderBytes; }

void* TableFile::map_file(const std::filesystem::path& file, const Shape& shape) {
  const int opened = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (opened < 0) return nullptr;
  void* memory = MAP_FAILED;
  survived_ = is_table(opened, bytes_, shape);
  if (survived_ || begin_table(opened, bytes_, shape))
    memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
  const int fault = errno;
  close(opened);
  errno = fault;
  if (memory != MAP_FAILED) return memory;
  survived_ = false;
  return nullptr;
}

}  // namespace lamppost::ingest
