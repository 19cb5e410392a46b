// SPDX-License-Identifier: Apache-2.0
#include "ingest/time_table.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace lamppost::ingest {
namespace {

constexpr std::size_t kHeaderBytes = 64;
constexpr char kMagic[8] = {'L', 'M', 'P', 'T', 'I', 'M', 'E', '1'};

struct Header {
  char magic[sizeof kMagic];
  std::uint64_t slots;
};

bool is_table(int file, std::size_t bytes, std::size_t slots) {
  struct stat state {};
  Header header{};
  return fstat(file, &state) == 0 && static_cast<std::uint64_t>(state.st_size) == bytes &&
         pread(file, &header, sizeof header, 0) == sizeof header &&
         std::equal(std::begin(kMagic), std::end(kMagic), header.magic) && header.slots == slots;
}

// All pages are had now: a full tmpfs shows here and not as SIGBUS at some reading. They are zeros
// of the kernel's, so those that are never used take no memory of this process.
bool begin_table(int file, std::size_t bytes, std::size_t slots) {
  if (ftruncate(file, 0) != 0) return false;
  errno = posix_fallocate(file, 0, static_cast<off_t>(bytes));
  if (errno != 0) return false;
  Header header{{}, slots};
  std::copy(std::begin(kMagic), std::end(kMagic), header.magic);
  return pwrite(file, &header, sizeof header, 0) == sizeof header;
}

}  // namespace

TimeTable::TimeTable(const std::filesystem::path& file, std::size_t slots, const Log& log)
    : slots_(slots), bytes_(kHeaderBytes + slots * sizeof(Slot)) {
  if (!file.empty()) memory_ = map_file(file);
  if (memory_ != nullptr) return;
  if (!file.empty())
    log.warning("cannot use " + file.string() + " (" + std::strerror(errno) +
                "): late and repeated readings are not known again after a restart");
  memory_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory_ == MAP_FAILED) throw std::bad_alloc();
}

TimeTable::~TimeTable() { munmap(memory_, bytes_); }

void* TimeTable::map_file(const std::filesystem::path& file) {
  const int opened = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (opened < 0) return nullptr;
  void* memory = MAP_FAILED;
  survived_ = is_table(opened, bytes_, slots_);
  if (survived_ || begin_table(opened, bytes_, slots_))
    memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
  const int fault = errno;
  close(opened);
  errno = fault;
  if (memory != MAP_FAILED) return memory;
  survived_ = false;
  return nullptr;
}

std::span<TimeTable::Slot, TimeTable::kWays> TimeTable::line_of(std::uint64_t key) const {
  auto* slots = reinterpret_cast<Slot*>(static_cast<char*>(memory_) + kHeaderBytes);
  const std::size_t line = static_cast<std::size_t>(key >> 20) & (slots_ / kWays - 1);
  return std::span<Slot, kWays>(slots + line * kWays, kWays);
}

std::optional<std::int64_t> TimeTable::find(std::uint64_t key) const {
  for (const Slot& slot : line_of(key))
    if (slot.holds(key)) return slot.ms;
  return std::nullopt;
}

void TimeTable::put(std::uint64_t key, std::int64_t ms) {
  const auto line = line_of(key);
  auto* chosen = &line[0];
  for (Slot& slot : line) {
    if (slot.holds(key)) {
      chosen = &slot;
      break;
    }
    if (slot.ms < chosen->ms) chosen = &slot;
  }
  *chosen = {key ^ static_cast<std::uint64_t>(ms), ms};
}

}  // namespace lamppost::ingest
