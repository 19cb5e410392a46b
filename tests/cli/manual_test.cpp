// SPDX-License-Identifier: Apache-2.0
// The man pages and the completion say what the tables of commands and options say. With
// LAMPPOST_ACCEPT=1 they are written anew; what stands by hand below the mark stays.
#include "cli/manual.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <set>
#include <sstream>

#include "cli/command.h"
#include "config/options.h"
#include "support/process.h"

namespace lamppost {
namespace {

namespace fs = std::filesystem;

const fs::path kPages = LAMPPOST_SOURCE_DIR "/docs/man";
const fs::path kCompletion = LAMPPOST_SOURCE_DIR "/packaging/lamppost.bash";

bool accepting() {
  const char* accept = std::getenv("LAMPPOST_ACCEPT");
  return accept != nullptr && std::string(accept) == "1";
}

// What `file` should hold against what it holds; written when the person says so.
void holds(const fs::path& file, const std::string& expected) {
  if (accepting()) write_text(file, expected);
  CAPTURE(file);
  const bool same = fs::exists(file) && read_text(file) == expected;
  CHECK_MESSAGE(same, "differs from the tables: run this with LAMPPOST_ACCEPT=1, read the diff");
}

// What bash offers after `line`, the last word of which is being typed.
std::string offered(const std::string& line) {
  const TempDirectory directory;
  write_text(directory / "line", "source '" + kCompletion.string() + "'\nCOMP_WORDS=(" + line +
                                     ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_lamppost\n"
                                     "printf '%s' \"${COMPREPLY[*]}\"\n");
  const auto answer = directory / "answer";
  CHECK(Process({"bash", (directory / "line").string()}, {}, answer).wait() == 0);
  return read_text(answer);
}

}  // namespace

TEST_CASE("every man page says what the tables say") {
  for (const auto& [name, made] : manual::pages()) {
    const auto file = kPages / name;
    holds(file, made + (fs::exists(file) ? manual::by_hand(read_text(file)) : ""));
  }
}

TEST_CASE("there is no man page of a command that is gone") {
  const auto pages = manual::pages();
  for (const auto& entry : fs::directory_iterator(kPages)) {
    CAPTURE(entry.path());
    CHECK((pages.count(entry.path().filename()) == 1 || entry.path().filename() == "lamppost.7"));
  }
}

TEST_CASE("the pages carry every option of the loader and of every command") {
  const auto pages = manual::pages();
  for (const auto& option : config::options())
    CHECK(pages.at("lamppost.toml.5").find("\\fB" + std::string(option.key)) != std::string::npos);
  CHECK(pages.at("lamppost-map.1").find("\\fB\\-\\-topic\\fR \\fITOPIC\\fR") != std::string::npos);
}

TEST_CASE("text that roff would take for a request stays text") {
  const std::set<std::string> requests{".\\\"", ".TH", ".SH", ".SS", ".TP", ".BR"};
  for (const auto& [name, made] : manual::pages()) {
    std::istringstream lines(made);
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(line[0] != '\'');
      CHECK((line[0] != '.' || requests.count(line.substr(0, 3)) == 1));
    }
  }
}

TEST_CASE("bash completes commands, their words, their options and files") {
  holds(kCompletion, manual::completion());
  CHECK(offered("lamppost sta") == "status");
  CHECK(offered("lamppost dead ret") == "retry");
  CHECK(offered("lamppost map --so") == "--source");
  CHECK(offered("lamppost status --j") == "--json");
  CHECK(offered("lamppost check --config " LAMPPOST_SOURCE_DIR "/LICEN") == LAMPPOST_SOURCE_DIR
        "/LICENSE");
  CHECK(offered("lamppost nothing --j").empty());
}

}  // namespace lamppost
