// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/json_tree.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>
#include "core/ascii.h"

namespace lamppost::formats {
namespace {

constexpr std::size_t kMaxShown = 20;  // characters of a word in an error
constexpr int kOverflow = 406;         // nlohmann's id of "number overflow"

// A phrase of nlohmann's sentence, and what we say JSON expects there. The first that fits counts.
constexpr auto kExpected = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"invalid string", "the end of a string"},  // the text ends within it
    {"invalid number", "a digit"},
    {"invalid BOM", "the rest of a byte order mark"},
    {"; expected string literal", "a key in double quotes"},
    {"; expected ':'", "\":\""},
    {"; expected '}'", "\",\" or \"}\""},
    {"; expected ']'", "\",\" or \"]\""},
    {"; expected end of input", "nothing after the value"},
    {"; expected '[', '{', or a literal", "a value"},
    {"", "a number, \"text\", true, false or null"},
});

bool is_word(char c) { return is_alphanumeric(c) || c == '_' || c == '-' || c == '+' || c == '.'; }

// What `text` starts with, in printable characters.
std::string shown(std::string_view text) {
  if (text.empty()) return "end";
  std::size_t length = 0;
  while (length < text.size() && length < kMaxShown && is_word(text[length])) ++length;
  if (length > 0) return '"' + std::string(text.substr(0, length)) + '"';
  if (text[0] == '"') return "'\"'";
  if (text[0] > ' ' && text[0] < 0x7F) return std::string("\"") + text[0] + '"';
  std::array<char, 10> byte{};
  std::snprintf(byte.data(), byte.size(), "byte 0x%02X", static_cast<unsigned char>(text[0]));
  return byte.data();
}

// Where the word around text[at] starts; `at` when there is none.
std::size_t word_start(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && is_word(text[at]) && is_word(text[at - 1])) --at;
  return at;
}

std::string place(std::size_t at) { return " at byte " + std::to_string(at); }

// nlohmann gave up at text[at] and says why: "syntax error while parsing object key - unexpected
// end of input; expected string literal". The same for people.
std::string sentence(std::string_view text, std::size_t at, std::string_view why) {
  const auto in_string = why.find("invalid string");
  if (in_string != why.npos && at < text.size())
    return std::string(why.substr(in_string, why.find(';', in_string) - in_string)) + place(at);
  const std::size_t start = word_start(text, std::min(at, text.size()));
  const auto expected = std::find_if(kExpected.begin(), kExpected.end(), [&](const auto& known) {
    return why.find(known.first) != why.npos;
  });
  return "unexpected " + shown(text.substr(start)) + place(start) + ", expected " +
         std::string(expected->second);
}

// Builds what nlohmann reads, and stops it where the text is too deep or has too many values.
class TreeBuilder final : public nlohmann::json_sax<Json> {
 public:
  TreeBuilder(std::string_view text, const Branches* branches)
      : text_(text), branches_(branches != nullptr && !branches->all() ? branches : nullptr) {}

  Json& tree() { return tree_; }
  const std::string& fault() const { return fault_; }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& /*written*/) override {
    return add(value);
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }  // JSON text has none

  bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*size*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override;
  bool parse_error(std::size_t bytes_read, const std::string& last_read,
                   const Json::exception& error) override;

 private:
  bool count();
  bool passed_over() const;
  Json* put(Json value);
  bool add(Json value);
  bool open(Json container);
  bool close();

  std::string_view text_;
  const Branches* branches_;  // null: all
  Json tree_;
  std::vector<Json*> open_;  // arrays and objects around what comes next, outermost first
  Json* member_ = nullptr;   // where the next value of the innermost object goes; null: nowhere
  std::size_t whole_ = 0;    // below this level all is wanted; 0: nowhere
  std::size_t skipped_ = 0;  // open containers of a member that is not wanted
  std::size_t values_ = 0;
  std::string fault_;
};

bool TreeBuilder::count() {
  if (++values_ <= kMaxJsonValues) return true;
  fault_ = "more than " + std::to_string(kMaxJsonValues) + " values";
  return false;
}

bool TreeBuilder::key(string_t& name) {
  if (skipped_ > 0) return true;
  if (open_.size() <= whole_) whole_ = 0;
  if (branches_ != nullptr && whole_ == 0) {
    const auto* branch = branches_->find(name);
    member_ = nullptr;
    if (branch == nullptr) return true;
    if (branch->whole) whole_ = open_.size();
  }
  member_ = &(*open_.back())[std::move(name)];
  return true;
}

// Whether the next value belongs to a member that nobody wants.
bool TreeBuilder::passed_over() const {
  return skipped_ > 0 || (member_ == nullptr && !open_.empty() && open_.back()->is_object());
}

Json* TreeBuilder::put(Json value) {
  if (open_.empty()) return &(tree_ = std::move(value));
  if (open_.back()->is_array()) return &open_.back()->emplace_back(std::move(value));
  return &(*member_ = std::move(value));
}

bool TreeBuilder::add(Json value) {
  if (!count()) return false;
  if (!passed_over()) put(std::move(value));
  return true;
}

bool TreeBuilder::open(Json container) {
  if (open_.size() + skipped_ == kMaxJsonDepth) {
    fault_ = "nested deeper than " + std::to_string(kMaxJsonDepth) + " levels";
    return false;
  }
  if (!count()) return false;
  if (passed_over())
    ++skipped_;
  else
    open_.push_back(put(std::move(container)));
  return true;
}

bool TreeBuilder::close() {
  if (skipped_ > 0)
    --skipped_;
  else
    open_.pop_back();
  return true;
}

bool TreeBuilder::parse_error(std::size_t bytes_read, const std::string& last_read,
                              const Json::exception& error) {
  const std::size_t at = bytes_read - 1;
  std::string why = error.what();
  const std::string quoted = "; last read: '" + last_read + "'";  // raw bytes of the payload
  if (const auto raw = why.find(quoted); raw != why.npos) why.erase(raw, quoted.size());
  fault_ = error.id == kOverflow
               ? "a number beyond the range of 64-bit reals" + place(word_start(text_, at))
               : sentence(text_, at, why);
  return false;
}

}  // namespace

Branches::Branches(const std::vector<Pointer>& pointers) {
  for (const Pointer& pointer : pointers) {
    // What an index at the end leads to has no key of its own.
    bool whole = true;
    for (auto token = pointer.tokens.rbegin(); token != pointer.tokens.rend(); ++token) {
      branches_.push_back({*token, whole});
      whole = whole && array_index(*token).has_value();
    }
    all_ = all_ || whole;
  }
  const auto order = [](const Branch& branch) { return std::pair(branch.key, !branch.whole); };
  std::sort(branches_.begin(), branches_.end(),
            [&](const Branch& left, const Branch& right) { return order(left) < order(right); });
  branches_.erase(
      std::unique(branches_.begin(), branches_.end(),
                  [](const Branch& kept, const Branch& next) { return kept.key == next.key; }),
      branches_.end());
}

const Branches::Branch* Branches::find(std::string_view key) const {
  for (const Branch& branch : branches_)
    if (branch.key == key) return &branch;
  return nullptr;
}

Result<Json> json_to_tree(std::string_view text, const Branches* branches) {
  const auto malformed = [](const std::string& what) {
    return Error{Fault::kMalformed, "not JSON: " + what, ""};
  };
  if (text.empty()) return malformed("the payload is empty");
  // nlohmann takes a NUL for the end of the text.
  if (const auto nul = text.find('\0'); nul != text.npos)
    return malformed("unexpected byte 0x00" + place(nul));
  TreeBuilder builder(text, branches);
  if (!Json::sax_parse(text, &builder)) return malformed(builder.fault());
  return std::move(builder.tree());
}

}  // namespace lamppost::formats
