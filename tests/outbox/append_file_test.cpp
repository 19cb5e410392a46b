// SPDX-License-Identifier: Apache-2.0
#include "outbox/append_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "support/file_limit.h"
#include "support/temp_directory.h"

namespace lamppost::outbox {
namespace {

// A text in which no two places look alike.
std::string text_of(std::size_t size) {
  std::string text;
  for (std::size_t n = 0; text.size() < size; ++n) text += std::to_string(n) + ' ';
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("append file: what is appended stands in the file at once, whatever its size") {
  const TempDirectory directory;
  const auto path = directory / "file";
  const std::string text = text_of(1'500'000);
  AppendFile file(create_file(path), 0);
  std::size_t at = 0;
  for (const std::size_t size : {1, 9, 4096, 262'134, 262'144, 7, 600'000}) {
    REQUIRE(file.append(std::string_view(text).substr(at, size)));
    at += size;
    CHECK(file.size() == at);
    const auto seen = read_all(path);
    REQUIRE(seen);
    CHECK(seen->substr(0, at) == text.substr(0, at));
    CHECK(seen->find_first_not_of('\0', at) == std::string::npos);
  }
  CHECK(std::filesystem::file_size(path) > at);
  file = AppendFile();
  CHECK(std::filesystem::file_size(path) == at);
}

TEST_CASE("append file: goes on behind what is there") {
  const TempDirectory directory;
  const auto path = directory / "file";
  { REQUIRE(AppendFile(create_file(path), 0).append("one,")); }
  { REQUIRE(AppendFile(create_file(path), 4).append("two")); }
  CHECK(read_all(path) == "one,two");
}

TEST_CASE("append file: without room nothing changes, and the last bytes of it are used") {
  const TempDirectory directory;
  const auto path = directory / "file";
  constexpr std::size_t kRoom = 300'000;
  const std::string text = text_of(kRoom);
  AppendFile file(create_file(path), 0);
  REQUIRE(file.append(text.substr(0, 10)));
  {
    const FileLimit limit(kRoom);
    CHECK_FALSE(file.append(text));
    CHECK(errno == EFBIG);
    CHECK(file.size() == 10);
    CHECK(file.append(text.substr(10)));
    CHECK_FALSE(file.append("x"));
  }
  CHECK(file.append("x"));
  file = AppendFile();
  CHECK(read_all(path) == text + "x");
}

TEST_CASE("append file: memory that cannot be mapped fails the append, and not the process") {
  const TempDirectory directory;
  const auto path = directory / "file";
  // The kernel maps for writing only what may be read as well.
  AppendFile file(FileHandle(open(path.c_str(), O_WRONLY | O_CREAT, 0640)), 0);
  CHECK_FALSE(file.append("x"));
  CHECK(errno == EACCES);
  CHECK(file.size() == 0);
}

// In a child with a mount of its own, for a write to memory that is not there would end it.
TEST_CASE("append file: a full tmpfs fails the append, and raises no SIGBUS") {
  const TempDirectory directory;
  constexpr int kNoRight = 77;
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const bool root = geteuid() == 0;
    if (unshare(root ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) _exit(kNoRight);
    mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    const auto place = directory.path();
    if (mount("none", place.c_str(), "tmpfs", 0, "size=1m") != 0) _exit(kNoRight);
    AppendFile file(create_file(place / "file"), 0);
    const std::string text = text_of(10'000);
    std::size_t size = 0;
    while (size < (2u << 20) && file.append(text)) size += text.size();
    const bool full = errno == ENOSPC && file.size() == size && size > 900'000;
    const auto seen = read_all(place / "file");
    _exit(full && seen && seen->substr(size - text.size(), text.size()) == text ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNoRight)
    MESSAGE("skipped: no right to mount a small file system");
  else
    CHECK(WEXITSTATUS(status) == 0);
}

}  // namespace lamppost::outbox
