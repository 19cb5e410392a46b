// SPDX-License-Identifier: Apache-2.0
#include "config/collect.h"

#include <algorithm>

#include "config/wording.h"
#include "core/ascii.h"
#include "core/suggest.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxFiles = 1000;
constexpr std::size_t kMaxBlocks = 10'000;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::string_view kSingles[] = {"gateway", "outbox", "clock", "status", "devices"};

bool is_name(std::string_view text) {
  constexpr std::string_view kPunctuation = "_.-";
  return !text.empty() && text.size() <= kMaxNameBytes &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return is_alphanumeric(c) || kPunctuation.find(c) != std::string_view::npos;
         });
}

// Names become labels of metrics and words of log lines.
bool check_name(const Entry& entry, Loading& loading) {
  const std::string_view name = entry.key->str();
  if (is_name(name)) return true;
  loading.findings.error(
      loading.documents.where(*entry.key),
      in_quotes(name) + " is no name: use A-Z a-z 0-9 _ . - and at most 64 of them");
  return false;
}

bool unique(std::string_view kind, const Entry& entry, const std::vector<NamedTable>& known,
            Loading& loading) {
  for (const auto& other : known) {
    if (other.name != entry.key->str()) continue;
    loading.findings.error(loading.documents.where(*entry.node),
                           std::string(kind) + " " + in_quotes(other.name) +
                               " is already defined at " +
                               place(loading.documents.where(*other.table)));
    return false;
  }
  return true;
}

// [source.NAME] or [broker.NAME]: `kind` is the first word.
void take_named(std::string_view kind, const Entry& group, std::vector<NamedTable>& known,
                Loading& loading) {
  const std::string heading = "[" + std::string(kind) + ".NAME]";
  const auto* tables = group.node->as_table();
  if (tables == nullptr) {
    loading.findings.error(
        loading.documents.where(*group.key),
        std::string(kind) + ": expected tables headed " + heading + ", not " + seen(*group.node));
    return;
  }
  for (const Entry& entry : in_file_order(*tables)) {
    if (entry.node->as_table() == nullptr)
      loading.findings.error(loading.documents.where(*entry.key),
                             in_quotes(entry.key->str()) + " stands outside a named table",
                             "write it under a heading such as " + heading);
    else if (check_name(entry, loading) && unique(kind, entry, known, loading))
      known.push_back({std::string(entry.key->str()), entry.node->as_table()});
  }
}

// [[mapping]], [[calibration]] or [[example]]: `kind` is the word.
void take_blocks(const std::string& kind, const Entry& group,
                 std::vector<const toml::table*>& blocks, Loading& loading) {
  const auto* array = group.node->as_array();
  if (array == nullptr) {
    loading.findings.error(loading.documents.where(*group.node),
                           (kind == "example" ? "an " : "a ") + kind + " is one of several",
                           "write the heading as [[" + kind + "]]");
    return;
  }
  for (const auto& item : *array) {
    const Where at = loading.documents.where(item);
    if (blocks.size() == kMaxBlocks)
      return loading.findings.error(at, "more than 10000 " + kind + "s");
    if (item.is_table())
      blocks.push_back(item.as_table());
    else
      loading.findings.error(at, "expected a block headed [[" + kind + "]], not " + seen(item));
  }
}

// [gateway] and its kin may be spread over files, each key in one place.
void take_single(const Entry& entry, Layers& layers, Loading& loading) {
  const auto* table = entry.node->as_table();
  if (table == nullptr) {
    const std::string name(entry.key->str());
    return loading.findings.error(
        loading.documents.where(*entry.node),
        name + ": expected a table headed [" + name + "], not " + seen(*entry.node));
  }
  for (const Entry& repeated : in_file_order(*table))
    if (const Entry first = layers.find(repeated.key->str()))
      loading.findings.error(loading.documents.where(*repeated.key),
                             in_quotes(repeated.key->str()) + " is already set at " +
                                 place(loading.documents.where(*first.key)));
  layers.add(*table);
}

void refuse(const Entry& entry, Loading& loading) {
  std::vector<std::string> known(std::begin(kSingles), std::end(kSingles));
  known.insert(known.begin() + 1, {"source", "broker", "mapping", "calibration", "example"});
  const std::string name(entry.key->str());
  loading.findings.error(loading.documents.where(*entry.key),
                         entry.node->is_value()
                             ? "unknown key " + in_quotes(name) + " outside a table"
                             : "unknown table " + in_quotes(name),
                         suggest(name, known));
}

void take(const Entry& entry, Collected& collected, Loading& loading) {
  const std::string_view name = entry.key->str();
  if (name == "source") return take_named("source", entry, collected.sources, loading);
  if (name == "broker") return take_named("broker", entry, collected.brokers, loading);
  if (name == "mapping") return take_blocks("mapping", entry, collected.mappings, loading);
  if (name == "example") return take_blocks("example", entry, collected.examples, loading);
  if (name == "calibration")
    return take_blocks("calibration", entry, collected.calibrations, loading);
  for (const auto single : kSingles)
    if (name == single) return take_single(entry, collected.singles[single], loading);
  refuse(entry, loading);
}

// Names in conf.d that end in .toml, sorted; what packagers and editors leave beside them is not
// ours.
std::vector<std::filesystem::path> drop_ins(const std::filesystem::path& directory,
                                            Loading& loading) {
  std::vector<std::filesystem::path> files;
  std::error_code failure;
  std::filesystem::directory_iterator at(directory, failure), end;
  for (; !failure && at != end; at.increment(failure))
    if (at->path().extension() == ".toml" && !at->path().filename().string().starts_with('.'))
      files.push_back(at->path());
  if (failure && failure != std::errc::no_such_file_or_directory)
    loading.findings.error({directory.string(), 0, 0, ""}, "cannot be read: " + failure.message());
  std::sort(files.begin(), files.end());
  if (files.size() > kMaxFiles) {
    loading.findings.error({directory.string(), 0, 0, ""}, "holds more than 1000 files");
    files.resize(kMaxFiles);
  }
  return files;
}

}  // namespace

std::vector<const toml::table*> read_files(const std::filesystem::path& main_file,
                                           Loading& loading) {
  std::vector<std::filesystem::path> files{main_file};
  for (auto& file : drop_ins(loading.directory / "conf.d", loading)) files.push_back(file);
  std::vector<const toml::table*> roots;
  for (const auto& file : files) {
    if (const auto* root = loading.documents.read(file, loading.findings))
      roots.push_back(root);
    else
      loading.complete = false;
  }
  return roots;
}

Collected collect(const std::vector<const toml::table*>& files, Loading& loading) {
  Collected collected;
  for (const auto single : kSingles) collected.singles[single];
  for (const auto* root : files)
    for (const Entry& entry : in_file_order(*root)) take(entry, collected, loading);
  return collected;
}

}  // namespace lamppost::config
