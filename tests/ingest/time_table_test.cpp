// SPDX-License-Identifier: Apache-2.0
#include "ingest/time_table.h"

#include <doctest/doctest.h>

#include <fstream>

#include "core/fingerprint.h"
#include "support/temp_directory.h"

using namespace lamppost;
using ingest::TimeTable;

namespace {

std::uint64_t key(std::uint64_t number) { return Fingerprint().add(number).value(); }

struct Shelf {
  TempDirectory directory;
  std::filesystem::path file = directory / "table.times";
  std::string told;
  Log log{[this](LogLevel, std::string_view line) { told += line; }};

  TimeTable open(std::size_t slots = 64) { return {file, slots, log}; }
};

}  // namespace

TEST_CASE("time table: what was put is found, the last time of a key counts") {
  Shelf shelf;
  auto table = shelf.open();
  CHECK_FALSE(table.find(key(1)));
  table.put(key(1), 100);
  table.put(key(2), 200);
  table.put(key(1), 50);
  CHECK(table.find(key(1)) == 50);
  CHECK(table.find(key(2)) == 200);
}

TEST_CASE("time table: it never grows; of those that share a line the oldest time gives way") {
  Shelf shelf;
  auto table = shelf.open(4);
  for (std::uint64_t n = 1; n <= 5; ++n) table.put(key(n), static_cast<std::int64_t>(100 - n));
  CHECK_FALSE(table.find(key(4)));
  for (const std::uint64_t n : {1u, 2u, 3u, 5u}) CHECK(table.find(key(n)) == 100 - n);
  CHECK(std::filesystem::file_size(shelf.file) == 64 + 4 * 16);
}

TEST_CASE("time table: another object finds what the last one left, as after kill -9") {
  Shelf shelf;
  {
    auto table = shelf.open();
    CHECK_FALSE(table.survived());
    table.put(key(1), 100);
  }
  const auto table = shelf.open();
  CHECK(table.survived());
  CHECK(table.find(key(1)) == 100);
}

TEST_CASE("time table: a file of another kind or size is begun anew") {
  Shelf shelf;
  SUBCASE("another kind") { std::ofstream(shelf.file) << std::string(64 + 64 * 16, 'x'); }
  SUBCASE("cut short") { std::ofstream(shelf.file) << "LMPTIME1"; }
  SUBCASE("of another size") { shelf.open(128).put(key(1), 100); }
  auto table = shelf.open();
  CHECK_FALSE(table.survived());
  CHECK_FALSE(table.find(key(1)));
  table.put(key(1), 7);
  CHECK(shelf.open().find(key(1)) == 7);
}

TEST_CASE("time table: a slot that was half written holds neither key") {
  Shelf shelf;
  { shelf.open(4).put(key(1), 100); }
  {
    std::fstream file(shelf.file, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(64 + 8);
    const std::int64_t ms = 101;
    file.write(reinterpret_cast<const char*>(&ms), sizeof ms);
  }
  CHECK_FALSE(shelf.open(4).find(key(1)));
}

TEST_CASE("time table: without a place for its file it works and says what that means") {
  Shelf shelf;
  shelf.file = "/proc/nowhere/table.times";
  auto table = shelf.open();
  CHECK(shelf.told.find("cannot use /proc/nowhere/table.times (No such file or directory)") == 0);
  table.put(key(1), 100);
  CHECK(table.find(key(1)) == 100);
}
