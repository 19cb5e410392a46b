// SPDX-License-Identifier: Apache-2.0
// From the text of a layout to its plan. Every mistake is an OptionError whose option is the JSON
// pointer to the place, so that the loader can show the line.
#include <algorithm>

#include "core/hex.h"
#include "core/units.h"
#include "drivers/formats/layout_field.h"

namespace lamppost::formats {
namespace {

constexpr std::size_t kMaxMade = 64;    // values of others
constexpr std::size_t kMaxMadeOf = 16;  // that one of them is made of

struct Compiler {
  std::vector<std::string> names;  // empty: all are wanted
  FieldContext context;
  std::size_t fields = 0;

  bool wants(const std::string& name) const {
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
  }
};

void add_field(const Node& node, Block& block, std::size_t& next, Compiler& compiler) {
  if (++compiler.fields > kMaxLayoutFields)
    node.fail("more than " + std::to_string(kMaxLayoutFields) + " fields");
  Field field = read_field(node, next, compiler.context);
  next = end_of(field);
  if (field.when.empty() && !field.optional) block.size = std::max(block.size, next);
  if (field.epoch || compiler.wants(field.name)) block.fields.push_back(std::move(field));
}

// The fields of a frame, or of an item, which may be its one field itself.
Block read_block(const Node& node, std::initializer_list<std::string_view> own,
                 Compiler& compiler) {
  Block block;
  std::size_t next = 0;
  std::vector<std::string_view> keys(own);
  if (const auto fields = node.find("fields")) {
    keys.push_back("fields");
    for (const Node& one : fields->elements()) {
      one.only(field_keys());
      add_field(one, block, next, compiler);
    }
  } else if (node.find("type")) {
    keys.insert(keys.end(), field_keys().begin(), field_keys().end());
    add_field(node, block, next, compiler);
  }
  node.only(keys);
  return block;
}

void read_sizes(const Node& node, Frame& frame) {
  const auto place = node.find("size");
  if (!place) return;
  const auto sizes = place->integers();
  if (sizes.empty() || sizes.size() > 2 || sizes.front() < 0 || sizes.back() < sizes.front())
    place->fail("size is a number of bytes, or [least, most]");
  frame.least = static_cast<std::size_t>(sizes.front());
  frame.most = static_cast<std::size_t>(sizes.back());
}

Checksum read_sum(const Node& node) {
  using Kind = Checksum::Kind;
  constexpr std::pair<std::string_view, Kind> kKinds[] = {{"sum8", Kind::kSum8},
                                                          {"sum16", Kind::kSum16},
                                                          {"xor8", Kind::kXor8},
                                                          {"crc8", Kind::kCrc8},
                                                          {"zero8", Kind::kZero8}};
  node.only({"kind", "from", "before_end", "from_end"});
  Checksum sum;
  for (const auto& [word, kind] : kKinds)
    if (node.need("kind").text() == word) sum.kind = kind;
  if (sum.kind == Kind::kNone) node.need("kind").fail("a sum is sum8, sum16, xor8, crc8 or zero8");
  const std::size_t width = sum.kind == Kind::kSum16 ? 2 : sum.kind == Kind::kZero8 ? 0 : 1;
  const auto place = [&](const char* key, std::size_t otherwise, std::size_t least) {
    const auto found = node.find(key);
    if (!found) return otherwise;
    return static_cast<std::size_t>(found->integer(static_cast<std::int64_t>(least), kMaxOffset));
  };
  sum.from = place("from", 0, 0);
  sum.before_end = place("before_end", width, 0);
  sum.from_end = place("from_end", width, width);
  return sum;
}

Frame read_frame(const Node& node, Compiler& compiler) {
  Frame frame;
  frame.block = read_block(node, {"fport", "size", "when", "tlv_at", "flags_at", "sum"}, compiler);
  if (const auto sum = node.find("sum")) frame.sum = read_sum(*sum);
  read_sizes(node, frame);
  frame.when = read_conditions(node);
  if (const auto ports = node.find("fport"))
    for (const std::int64_t port : ports->integers()) {
      if (port < 0 || port > 255) ports->fail("an fPort is 0 to 255");
      frame.fports.push_back(static_cast<int>(port));
    }
  if (const auto at = node.find("tlv_at")) frame.tlv_at = at->size(0, kMaxOffset);
  if (const auto at = node.find("flags_at")) frame.flags_at = at->size(0, kMaxOffset);
  const std::size_t behind = std::max(frame.tlv_at.value_or(0), frame.flags_at.value_or(0));
  frame.block.size = std::max(frame.block.size, behind);
  return frame;
}

std::uint64_t key_of(const Node& node, std::size_t bytes) {
  const Node place = node.need("key");
  const auto key = from_hex(place.text());
  if (!key || key->size() != bytes)
    place.fail("a key is " + std::to_string(bytes * 2) + " hexadecimal digits, such as \"0175\"");
  std::uint64_t number = 0;
  for (const char c : *key) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

void read_size(const Node& node, Item& item) {
  if (const auto size = node.find("size"))
    item.block.size = std::max(item.block.size, size->size(0, kMaxOffset));
}

// The first of two with one key stands: a layout that extends another says it before that one.
void sort_items(std::vector<Item>& items) {
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.key < b.key; });
  items.erase(std::unique(items.begin(), items.end(),
                          [](const Item& a, const Item& b) { return a.key == b.key; }),
              items.end());
}

void read_tlv(const Node& root, Layout& layout, Compiler& compiler) {
  if (const auto tlv = root.find("tlv")) {
    tlv->only({"key", "length", "length_first", "before_end", "unknown"});
    if (const auto key = tlv->find("key")) layout.key_bytes = tlv->need("key").size(1, 4);
    if (const auto length = tlv->find("length")) layout.length_bytes = length->size(0, 2);
    if (const auto end = tlv->find("before_end")) layout.before_end = end->size(0, kMaxOffset);
    if (const auto first = tlv->find("length_first")) {
      layout.length_first = first->boolean();
      if (layout.length_bytes == 0) first->fail("there is no length to come first");
    }
    if (const auto unknown = tlv->find("unknown")) {
      layout.skip_unknown = unknown->text() == "skip";
      if (!layout.skip_unknown || layout.length_bytes == 0)
        unknown->fail("unknown = \"skip\" is for items that tell their length");
    }
  }
  for (const Node& node : root.list("item")) {
    Item item;
    item.block = read_block(node, {"key", "size", "rest", "repeats"}, compiler);
    item.key = key_of(node, layout.key_bytes);
    read_size(node, item);
    if (const auto rest = node.find("rest")) item.rest = rest->boolean();
    if (const auto repeats = node.find("repeats")) item.repeats = repeats->boolean();
    if (item.block.size == 0 && !item.rest && layout.length_bytes == 0)
      node.fail("an item needs fields, a size or rest = true");
    layout.items.push_back(std::move(item));
  }
  sort_items(layout.items);
}

void read_flags(const Node& root, Layout& layout, Compiler& compiler) {
  if (const auto flags = root.find("flags")) {
    flags->only({"width"});
    layout.flag_bytes = flags->need("width").size(1, 8);
  }
  for (const Node& node : root.list("flag")) {
    Item item;
    item.block = read_block(node, {"bit", "size"}, compiler);
    item.key = static_cast<std::uint64_t>(node.need("bit").integer(0, 63));
    read_size(node, item);
    layout.flags.push_back(std::move(item));
  }
  sort_items(layout.flags);
}

std::vector<std::string> names_under(const Node& node) {
  std::vector<std::string> names;
  for (const Node& one : node.elements()) names.push_back(one.text());
  if (names.empty() || names.size() > kMaxMadeOf)
    node.fail("expected a list of 1 to " + std::to_string(kMaxMadeOf) + " names");
  return names;
}

// Before the fields: what a wanted one is made of is wanted too.
void read_made(const Node& root, Layout& layout, Compiler& compiler) {
  for (const Node& node : root.list("made")) {
    node.only({"name", "unit", "sum", "join", "between"});
    const auto sum = node.find("sum"), join = node.find("join");
    if (sum.has_value() == join.has_value()) node.fail("either sum or join names other values");
    Made made{node.need("name").text(), "", "", names_under(sum ? *sum : *join), join.has_value()};
    if (const auto unit = node.find("unit")) made.unit = unit->text();
    if (!made.unit.empty() && !find_unit(made.unit))
      node.need("unit").fail('"' + made.unit + "\" is no code of UN/CEFACT Rec 20");
    if (const auto between = node.find("between")) made.between = between->text();
    if (layout.made.size() == kMaxMade)
      node.fail("more than " + std::to_string(kMaxMade) + " values of others");
    if (!compiler.wants(made.name)) continue;
    if (!compiler.names.empty())
      compiler.names.insert(compiler.names.end(), made.of.begin(), made.of.end());
    layout.made.push_back(std::move(made));
  }
}

}  // namespace

Layout compile_layout(const Json& content, const std::vector<std::string>& names) {
  const Node root(content, "");
  root.only({"title", "source", "extends", "endian", "maps", "tlv", "item", "flags", "flag",
             "frame", "made"});
  Compiler compiler{names, {true, root.find("maps")}};
  if (const auto endian = root.find("endian")) {
    compiler.context.big_endian = endian->text() == "big";
    if (!compiler.context.big_endian && endian->text() != "little")
      endian->fail("endian is \"big\" or \"little\"");
  }
  Layout layout;
  layout.big_endian = compiler.context.big_endian;
  read_made(root, layout, compiler);
  read_tlv(root, layout, compiler);
  read_flags(root, layout, compiler);
  for (const Node& node : root.list("frame")) layout.frames.push_back(read_frame(node, compiler));
  if (layout.frames.empty()) {
    if (layout.items.empty()) root.fail("a layout has at least one [[frame]] or [[item]]");
    layout.frames.emplace_back().tlv_at = 0;
  }
  return layout;
}

}  // namespace lamppost::formats
