// SPDX-License-Identifier: Apache-2.0
#include "outbox/append_file.h"

#include <doctest/doctest.h>

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

}  // namespace lamppost::outbox
