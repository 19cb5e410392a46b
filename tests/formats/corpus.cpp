// SPDX-License-Identifier: Apache-2.0
#include "tests/formats/corpus.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/formats/decode.h"

namespace lamppost::formats {
namespace {

std::string corpus_root() {
  const char* const chosen = std::getenv("LAMPPOST_CORPUS");
  return chosen ? chosen : LAMPPOST_SOURCE_DIR "/../shared/corpus";
}

// The cases of a family that corpus_known.md explains: lines that begin with "- `FAMILY/...`:".
std::set<std::string> known_of(const std::string& family) {
  std::ifstream in(LAMPPOST_SOURCE_DIR "/tests/formats/corpus_known.md");
  std::set<std::string> ids;
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("- `" + family + "/")) ids.insert(line.substr(3, line.find('`', 3) - 3));
  return ids;
}

}  // namespace

std::vector<std::string> corpus_families() {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(corpus_root() + "/payloads", none))
    if (std::filesystem::exists(entry.path() / "cases.json"))
      names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<Json> corpus_cases(const std::string& family) {
  const std::string root = corpus_root();
  std::ifstream in(root + "/payloads/" + family + "/cases.json");
  if (!in) {
    std::printf("skipped: no corpus of %s in %s\n", family.c_str(), root.c_str());
    return {};
  }
  return Json::parse(in)["cases"].get<std::vector<Json>>();
}

std::string payload_of(const Json& corpus_case) {
  const std::string text = corpus_case["payload"];
  return corpus_case["payload_encoding"] == "hex" ? from_hex(text).value() : text;
}

std::string topic_of(const Json& corpus_case) {
  return corpus_case["topic"].is_string() ? corpus_case["topic"].get<std::string>() : "";
}

void Tally::different(const std::string& id, const std::string& reason) {
  ++tried_;
  different_.push_back(id);
  reasons_ += "    " + id + ": " + reason + "\n";
}

void Tally::check(const std::string& id, bool same, const std::string& reason) {
  same ? equal() : different(id, reason);
}

void Tally::finish() const {
  if (tried_ == 0) return;  // no corpus here
  std::printf("  %-14s tried %3d  equal %3d  refused as expected %d  different %d\n%s",
              family_.c_str(), tried_, equal_, refused_, static_cast<int>(different_.size()),
              reasons_.c_str());
  const std::set<std::string> known = known_of(family_);
  const std::set<std::string> seen(different_.begin(), different_.end());
  for (const std::string& id : seen) {
    CAPTURE(id);
    CHECK(known.contains(id));
  }
  for (const std::string& id : known) {
    CAPTURE(id);
    CHECK(seen.contains(id));
  }
}

Json object_of(const ObservationGroup& group) {
  Json values = Json::object();
  for (const Observation& one : group.observations) values[one.name] = one.value;
  return values;
}

}  // namespace lamppost::formats
