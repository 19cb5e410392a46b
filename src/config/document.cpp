// SPDX-License-Identifier: Apache-2.0
#include "config/document.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <sstream>

#include "config/key_depth.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxExcerptBytes = 240;

Error unreadable(int code) {
  return {Fault::kMalformed, std::string("cannot be read: ") + std::strerror(code), ""};
}

// Columns and cuts count characters; the later bytes of one are no characters (RFC 3629, 3).
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Owns a descriptor for as long as one file is being read.
struct OpenFile {
  explicit OpenFile(const std::filesystem::path& file)
      : descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (descriptor >= 0) ::close(descriptor);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int descriptor;
};

// toml++ says "Error while parsing X: expected Y."; a finding already says error and has no full
// stop.
std::string sentence(std::string_view text) {
  constexpr std::string_view kPreamble = "Error while parsing ";
  if (text.starts_with(kPreamble)) text.remove_prefix(kPreamble.size());
  if (!text.empty() && text.back() == '.') text.remove_suffix(1);
  return std::string(text);
}

template <typename T>
std::string printed(const T& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

}  // namespace

Result<std::string> read_text(const std::filesystem::path& file, std::size_t limit) {
  const OpenFile in(file);
  if (in.descriptor < 0) return unreadable(errno);
  std::string text;
  char block[16384];
  while (true) {
    const ssize_t got = ::read(in.descriptor, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(errno);
    if (got == 0) return text;
    text.append(block, static_cast<std::size_t>(got));
    if (text.size() > limit)
      return Error{Fault::kMalformed, "is larger than " + std::to_string(limit) + " bytes", ""};
  }
}

Lines::Lines(std::string text) : text_(std::move(text)), starts_{0} {
  for (std::size_t at = 0; at < text_.size(); ++at)
    if (text_[at] == '\n') starts_.push_back(at + 1);
}

std::string Lines::excerpt(int line) const {
  if (line < 1 || static_cast<std::size_t>(line) > starts_.size()) return "";
  const std::size_t start = starts_[static_cast<std::size_t>(line) - 1];
  std::size_t end = std::min(text_.find('\n', start), text_.size());
  if (end > start && text_[end - 1] == '\r') --end;
  if (end - start > kMaxExcerptBytes) {
    end = start + kMaxExcerptBytes;
    while (end > start && continues_character(text_[end])) --end;
  }
  return text_.substr(start, end - start);
}

Where Lines::at(const std::string& file, std::size_t offset) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const int line = static_cast<int>(next - starts_.begin());
  int column = 1;
  for (std::size_t i = *(next - 1); i < offset; ++i)
    column += continues_character(text_[i]) ? 0 : 1;
  return {file, line, column, excerpt(line)};
}

const toml::table* Documents::read(const std::filesystem::path& file, Findings& findings) {
  auto text = read_text(file, kMaxDocumentBytes);
  if (text) return parse(*text, file.string(), findings);
  findings.error({file.string(), 0, 0, ""}, text.error().text);
  return nullptr;
}

const toml::table* Documents::parse(const std::string& text, const std::string& name,
                                    Findings& findings) {
  Lines lines(text);
  if (const auto deep = find_deep_key(text)) {
    findings.error(lines.at(name, *deep), "a key with more than 16 parts");
    return nullptr;
  }
  try {
    documents_.push_back({name, std::move(lines), toml::parse(text, name)});
    return &documents_.back().root;
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    const int line = static_cast<int>(at.line);
    findings.error({name, line, static_cast<int>(at.column), Lines(text).excerpt(line)},
                   sentence(error.description()));
    return nullptr;
  }
}

Where Documents::where(const toml::source_region& region) const {
  const int line = static_cast<int>(region.begin.line);
  const int column = static_cast<int>(region.begin.column);
  const std::string name = region.path ? *region.path : std::string();
  for (const auto& document : documents_)
    if (document.name == name) return {name, line, column, document.lines.excerpt(line)};
  return {name, line, column, ""};
}

Entry find(const toml::table& table, std::string_view key) {
  const auto at = table.find(key);
  if (at == table.end()) return {};
  return {&at->first, &at->second};
}

std::vector<Entry> in_file_order(const toml::table& table) {
  std::vector<Entry> entries;
  for (const auto& [key, node] : table) entries.push_back({&key, &node});
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    const auto left = a.key->source().begin, right = b.key->source().begin;
    return left.line != right.line ? left.line < right.line : left.column < right.column;
  });
  return entries;
}

bool is_finite(const toml::node& node) {
  if (const auto* real = node.as_floating_point()) return std::isfinite(real->get());
  if (const auto* list = node.as_array())
    return std::all_of(list->begin(), list->end(), [](const auto& one) { return is_finite(one); });
  if (const auto* table = node.as_table())
    for (const auto& [key, value] : *table)
      if (!is_finite(value)) return false;
  return true;
}

Json to_json(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    Json object = Json::object();
    for (const auto& [key, value] : *table) object[std::string(key.str())] = to_json(value);
    return object;
  }
  if (const auto* array = node.as_array()) {
    Json list = Json::array();
    for (const auto& value : *array) list.push_back(to_json(value));
    return list;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* truth = node.as_boolean()) return truth->get();
  if (const auto* real = node.as_floating_point())
    return std::isfinite(real->get()) ? Json(real->get()) : Json(nullptr);
  if (const auto* date = node.as_date()) return printed(date->get());
  if (const auto* time = node.as_time()) return printed(time->get());
  if (const auto* moment = node.as_date_time()) return printed(moment->get());
  return nullptr;
}

}  // namespace lamppost::config
