// SPDX-License-Identifier: Apache-2.0
// TOML files as text a person wrote: parsed once, kept with their lines, so that every later
// finding can show the place at fault. Only .cpp files of the rooms that read TOML include this
// header; toml++ is slow to compile.
#pragma once

#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/toml.h"
#include "core/finding.h"
#include "core/json.h"
#include "core/result.h"

namespace lamppost::config {

inline constexpr std::size_t kMaxDocumentBytes = std::size_t{16} << 20;

// The whole content of `file`; an Error with a sentence ("cannot be read: Permission denied") when
// it is missing, no file, or longer than `limit` bytes.
Result<std::string> read_text(const std::filesystem::path& file, std::size_t limit);

// The lines of a text, without their ends ("\n" or "\r\n"). Line 1 is the first; a line beyond the
// text is "". An excerpt is cut to 240 bytes, on a character.
class Lines {
 public:
  explicit Lines(std::string text);
  std::string excerpt(int line) const;
  // The place of a byte of the text, in a file of this name.
  Where at(const std::string& file, std::size_t offset) const;

 private:
  std::string text_;
  std::vector<std::size_t> starts_;
};

// Every TOML file read so far. Nodes and keys know their file, so one Documents answers for all of
// them. Tables stay valid as long as the Documents lives; a copied node has lost its place (toml++
// copies values, not places), so pass nodes by reference.
class Documents {
 public:
  // Reads and parses one file, at most kMaxDocumentBytes. nullptr after exactly one error finding:
  // the file cannot be read, or the first syntax error with its place. The file is named in
  // findings as it was given.
  const toml::table* read(const std::filesystem::path& file, Findings& findings);
  // The same for text that came from elsewhere; `name` stands for the file.
  const toml::table* parse(const std::string& text, const std::string& name, Findings& findings);

  // The place where a value, a key or a region of one of these documents begins.
  Where where(const toml::node& node) const { return where(node.source()); }
  Where where(const toml::key& key) const { return where(key.source()); }
  Where where(const toml::source_region& region) const;

 private:
  struct Document {
    std::string name;
    Lines lines;
    toml::table root;
  };
  std::deque<Document> documents_;  // a deque, because tables must not move
};

// A key and its value; both nullptr when there is none.
struct Entry {
  const toml::key* key = nullptr;
  const toml::node* node = nullptr;
  bool from_profile = false;  // set by Layers
  explicit operator bool() const { return node != nullptr; }
};

Entry find(const toml::table& table, std::string_view key);

// The entries of a table as the person wrote them; toml++ itself sorts by key.
std::vector<Entry> in_file_order(const toml::table& table);

// False when there is a NaN or an infinity somewhere in the value: TOML has them, JSON has not.
bool is_finite(const toml::node& node);

// The same value as JSON. Dates and times become their RFC 3339 text, NaN and infinities null.
Json to_json(const toml::node& node);

}  // namespace lamppost::config
