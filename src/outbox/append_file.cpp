// SPDX-License-Identifier: Apache-2.0
#include "outbox/append_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace lamppost::outbox {
namespace {

// A multiple of every page size.
constexpr std::uint64_t kWindow = std::uint64_t{64} << 10;

std::uint64_t rounded_up(std::uint64_t bytes, std::uint64_t to) {
  return (bytes + to - 1) / to * to;
}

}  // namespace

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(size_, other.size_);
  std::swap(reserved_, other.reserved_);
  std::swap(window_, other.window_);
  std::swap(window_begin_, other.window_begin_);
  return *this;
}

AppendFile::~AppendFile() {
  unmap_window();
  if (reserved_ > size_) [[maybe_unused]]
    const int cut = ftruncate(file_.get(), static_cast<off_t>(size_));
}

bool AppendFile::append(std::string_view bytes) {
  if (!reserve(size_ + bytes.size())) return false;
  auto at = size_;
  for (auto left = bytes; !left.empty();) {
    const bool mapped = window_ != nullptr && at >= window_begin_ && at < window_begin_ + kWindow;
    if (!mapped && !map_window(at)) return false;
    const auto offset = at - window_begin_;
    const auto part = std::min(left.size(), static_cast<std::size_t>(kWindow - offset));
    std::memcpy(window_ + offset, left.data(), part);
    left.remove_prefix(part);
    at += part;
  }
  size_ = at;
  return true;
}

// A whole window ahead, or where there is not so much room, what is needed.
bool AppendFile::reserve(std::uint64_t end) {
  if (end <= reserved_) return true;
  int fault = 0;
  for (const auto wanted : {rounded_up(end, kWindow), end}) {
    fault =
        posix_fallocate(file_.get(), static_cast<off_t>(size_), static_cast<off_t>(wanted - size_));
    if (fault != 0) continue;
    reserved_ = wanted;
    return true;
  }
  errno = fault;
  return false;
}

bool AppendFile::map_window(std::uint64_t at) {
  const auto begin = at / kWindow * kWindow;
  void* const window = mmap(nullptr, kWindow, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                            file_.get(), static_cast<off_t>(begin));
  if (window == MAP_FAILED) return false;
  unmap_window();
  window_ = static_cast<char*>(window);
  window_begin_ = begin;
  return true;
}

void AppendFile::unmap_window() {
  if (window_ != nullptr) munmap(window_, kWindow);
  window_ = nullptr;
}

}  // namespace lamppost::outbox
