// SPDX-License-Identifier: Apache-2.0
// The files themselves: damage, versions, a second writer, a look from outside.

#include <fstream>

#include "core/finding.h"
#include "outbox/inspect.h"
#include "outbox/journal.h"
#include "outbox_words.h"
#include "run_sql.h"
#include "support/noise.h"

namespace lamppost::outbox {
namespace {

namespace fs = std::filesystem;

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}
std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string why_not(TempOutbox& box) {
  try {
    box.reopen();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "it opened";
}

std::vector<fs::path> set_aside(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.path().string().find(".corrupt-") != std::string::npos) files.push_back(entry.path());
  return files;
}

bool contains(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a file that is no database is set aside, loudly, and the fresh rows live on") {
  TempOutbox box;
  REQUIRE(box.put("urn:a", "1"));
  REQUIRE(box->flush());
  REQUIRE(box.put("urn:b", "2"));
  const auto fresh_id = box->list(10).back().id;
  box.close();
  write_file(box.options.path, std::string(12'345, 'x'));
  box.reopen();
  CHECK(queued(box) == Words{"2"});
  CHECK(box->list(10).at(0).id > fresh_id);
  const auto aside = set_aside(box.options.path.parent_path());
  REQUIRE(aside.size() == 1);
  CHECK(aside[0].filename() == "outbox.db.corrupt-20260301T120000Z");
  CHECK(fs::file_size(aside[0]) == 12'345);
  CHECK(box.logged("its 12345 bytes are set aside as " + aside[0].string()));
  check_balanced(box);
  REQUIRE(box.put("urn:c", "3"));
  REQUIRE(box->flush());
  CHECK(queued(box) == Words{"2", "3"});
}

TEST_CASE("damage inside the file is found at the start") {
  TempOutbox box;
  for (unsigned n = 0; n < 200; ++n) REQUIRE(box.put("urn:a", noise(500, n)));
  REQUIRE(box->flush());
  box.close();
  auto bytes = read_file(box.options.path);
  REQUIRE(bytes.size() > 60'000);
  for (std::size_t page = 12; page < bytes.size() / 4096; ++page)
    bytes.replace(page * 4096, 64, std::string(64, '\x7f'));
  write_file(box.options.path, bytes);
  box.reopen();
  CHECK(set_aside(box.options.path.parent_path()).size() == 1);
  REQUIRE(box.put("urn:a", "1"));
  CHECK(queued(box) == Words{"1"});
}

TEST_CASE("a journal that is none is set aside; a torn end is cut off") {
  TempOutbox box;
  REQUIRE(box.put("urn:a", "1"));
  const auto journal = box.options.runtime_dir / "fresh.journal";
  SUBCASE("no journal") {
    box.close();
    write_file(journal, "what is this");
    box.reopen();
    CHECK(set_aside(box.options.runtime_dir).size() == 1);
    CHECK(queued(box).empty());
  }
  SUBCASE("torn at every byte of the last entry") {
    box.close();
    box.reopen();
    box.close();
    const auto before = read_file(journal);  // as a start writes it
    box.reopen();
    REQUIRE(box.put("urn:b", "2"));
    box.close();
    const auto after = read_file(journal);
    REQUIRE(after.size() > before.size());
    for (auto size = before.size(); size < after.size(); ++size) {
      write_file(journal, after.substr(0, size));
      box.reopen();
      CHECK(queued(box) == Words{"1"});
      check_balanced(box);
      box.close();
    }
    write_file(journal, after);
    box.reopen();
    CHECK(queued(box) == Words{"1", "2"});
  }
}

TEST_CASE("a file of a newer version, or of somebody else, is left alone") {
  TempOutbox box;
  box.close();
  SUBCASE("newer database") {
    run_sql(box.options.path, "PRAGMA user_version = 7");
    CHECK(contains(why_not(box), "has version 7 of the file format, this lamppost knows up to 5"));
  }
  SUBCASE("newer journal") {
    write_file(box.options.runtime_dir / "fresh.journal", "LMPJRNL9 and so on");
    CHECK(contains(why_not(box), "was written by another version of lamppost"));
    CHECK(read_file(box.options.runtime_dir / "fresh.journal") == "LMPJRNL9 and so on");
  }
  SUBCASE("another program's database") {
    fs::remove(box.options.path);
    run_sql(box.options.path, "CREATE TABLE recipes (name TEXT)");
    CHECK(contains(why_not(box), "is a database of another program"));
  }
  SUBCASE("another program's database that is in use") {
    fs::remove(box.options.path);
    run_sql(box.options.path, "PRAGMA page_size = 1024; CREATE TABLE recipes (name TEXT)");
    sqlite3* cook = nullptr;
    REQUIRE(sqlite3_open(box.options.path.c_str(), &cook) == SQLITE_OK);
    REQUIRE(sqlite3_exec(cook, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
    CHECK(contains(why_not(box), "is in use by another program"));
    sqlite3_close(cook);
  }
  SUBCASE("no directory") {
    box.options.path = box.directory.path() / "missing" / "outbox.db";
    CHECK(contains(why_not(box), "missing of outbox.path does not exist: create it"));
  }
  CHECK(set_aside(box.directory.path() / "lib").empty());
}

TEST_CASE("a second writer is told so") {
  TempOutbox box;
  TempOutbox other;
  other.close();
  SUBCASE("of the database") { other.options.path = box.options.path; }
  SUBCASE("of the journal") { other.options.runtime_dir = box.options.runtime_dir; }
  CHECK(contains(why_not(other), "is in use by another lamppost process: stop it first"));
  box.close();
  other.reopen();
  CHECK(queued(other).empty());
}

TEST_CASE("a look from outside sees both shelves while the daemon runs, and after it") {
  TempOutbox box;
  REQUIRE(box.put("urn:a", "1"));
  REQUIRE(box.put("urn:b", "2"));
  REQUIRE(box->flush());
  REQUIRE(box.put("urn:c", "3"));
  REQUIRE(box->settle("city", rejected(take(box, 1)), kNow));
  for (const bool running : {true, false}) {
    if (!running) box.close();
    const auto seen = inspect(box.options);
    REQUIRE(seen);
    const auto& snapshot = **seen;
    Words words;
    for (const auto& row : snapshot.list(10)) words.push_back(row.payload);
    CHECK(words == Words{"2", "3"});
    CHECK(snapshot.find(snapshot.list(10).at(1).id)->payload == "3");
    CHECK(snapshot.dead(10).size() == 1);
    CHECK(snapshot.find_dead(snapshot.dead(10).at(0).id)->entity == "urn:a");
    const auto totals = snapshot.totals();
    check_balanced(totals);
    CHECK(totals.destinations.at("city").stored == 3);
    CHECK(totals.dead_letters == 1);
  }
  box.reopen();
  CHECK(queued(box) == Words{"2", "3"});
}

TEST_CASE("a look at nothing says so") {
  Options options;
  options.path = "/nonexistent/outbox.db";
  const auto seen = inspect(options);
  REQUIRE_FALSE(seen);
  CHECK(seen.error().text ==
        "there is no outbox at /nonexistent/outbox.db: the daemon makes it when it starts");
}

TEST_CASE("a crash between the two commits of a transfer loses and doubles nothing") {
  TempOutbox box;
  const auto journal = box.options.runtime_dir / "fresh.journal";
  for (int n = 0; n < 5; ++n) REQUIRE(box.put("urn:" + std::to_string(n), std::to_string(n)));
  REQUIRE(box->settle("city", rejected(take(box, 1)), kNow));
  const auto before = read_file(journal);
  REQUIRE(box->flush());
  box.close();
  write_file(journal, before);  // as if the journal had not heard of the transfer
  const auto seen = inspect(box.options);
  REQUIRE(seen);
  CHECK((*seen)->list(10).size() == 4);
  check_balanced((*seen)->totals());
  box.reopen();
  CHECK(queued(box) == Words{"1", "2", "3", "4"});
  CHECK(box->totals().destinations["city"].stored == 5);
  CHECK(box->dead(10).size() == 1);
  check_balanced(box);
}

TEST_CASE("a journal of another database keeps its rows under new numbers") {
  TempOutbox box;
  REQUIRE(box.put("urn:a", "1"));
  REQUIRE(box.put("urn:b", "2"));
  Deposit dead;
  dead.source = "site";
  dead.fate = ReadingFate::kDead;
  dead.dead.emplace_back().reading = "r";
  REQUIRE(box->append(dead));
  const auto id = box->list(10).at(0).id;
  box.close();
  fs::remove(box.options.path);
  box.reopen();
  CHECK(queued(box) == Words{"1", "2"});
  CHECK(box->list(10).at(0).id > id);
  CHECK(box->dead(10).size() == 1);
  REQUIRE(box->flush());
  CHECK(queued(box) == Words{"1", "2"});
  check_balanced(box);
}

TEST_CASE("every truncation and every flipped byte of a journal entry is refused") {
  Entry entry;
  entry.marks = JournalMarks{1, 2, 3};
  entry.change.puts.push_back({7, "city", "urn:a", "{}", {1}, {2}, 3, 4, RowKind::kLatest});
  entry.change.letters.emplace_back().reading = "r";
  entry.change.unknowns.emplace_back().topic = "t";
  entry.change.count(Book::kSource, "site", "received");
  std::string bytes;
  append_entry(bytes, entry);
  std::string_view whole = bytes;
  const auto same = take_entry(whole);
  REQUIRE(same);
  CHECK(whole.empty());
  CHECK(same->marks->transfer == 3);
  CHECK(same->change.puts.at(0).payload == "{}");
  CHECK(same->change.puts.at(0).latest());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view part = std::string_view(bytes).substr(0, size);
    CHECK_FALSE(take_entry(part));
    auto flipped = bytes;
    flipped[size] = static_cast<char>(flipped[size] ^ 0x10);
    std::string_view wrong = flipped;
    CHECK_FALSE(take_entry(wrong));
  }
}

}  // namespace lamppost::outbox
