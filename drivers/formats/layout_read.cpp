// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "core/hex.h"
#include "drivers/formats/layout.h"
#include "drivers/formats/layout_sum.h"
#include "drivers/formats/layout_value.h"

namespace lamppost::formats {
namespace {

// Three thousand years; what hostile bytes say beyond it is no time either.
constexpr double kFarthestSecond = 100e9;

Error malformed(std::string text) { return Error{Fault::kMalformed, std::move(text), ""}; }

std::uint8_t byte_of(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

bool holds(const Condition& condition, std::string_view bytes) {
  if (condition.at >= bytes.size()) return false;
  const std::uint8_t seen = byte_of(bytes, condition.at) & condition.mask;
  const bool found =
      std::find(condition.is.begin(), condition.is.end(), seen) != condition.is.end();
  return found != condition.negated;
}

bool hold(const std::vector<Condition>& conditions, std::string_view bytes) {
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](const Condition& one) { return holds(one, bytes); });
}

Json joined(const Json& list, const std::string& between) {
  std::string text;
  for (const Json& one : list)
    text += (text.empty() ? "" : between) + (one.is_string() ? one.get<std::string>() : one.dump());
  return text;
}

void add_list(const Field& field, std::string_view bytes, ObservationGroup& group) {
  Json list = Json::array();
  const std::size_t most = field.count == 0 ? kMaxListed : field.count;
  const std::size_t end = bytes.size() - std::min(bytes.size(), field.before_end);
  for (std::size_t i = 0, at = field.at; i < most && at + field.width <= end;
       ++i, at += field.stride)
    list.push_back(value_at(field, bytes, at));
  group.observations.push_back(
      {field.name, field.join ? joined(list, *field.join) : list, field.unit});
}

// Where the field begins; nullopt when it does not lie within the payload.
std::optional<std::size_t> place_of(const Field& field, std::string_view bytes) {
  if (!field.from_end)
    return field.at + field.width <= bytes.size() ? std::optional(field.at) : std::nullopt;
  if (*field.from_end > bytes.size() || field.width > *field.from_end) return std::nullopt;
  return bytes.size() - *field.from_end;
}

void add_field(const Field& field, std::string_view bytes, ObservationGroup& group) {
  if (field.constant) return group.observations.push_back({field.name, *field.constant, ""});
  if (field.is_list) return add_list(field, bytes, group);
  const auto at = place_of(field, bytes);
  if (!at) return;
  if (field.epoch) {
    const Json seconds = value_at(field, bytes, *at);
    if (seconds.is_number())
      group.device_time =
          Timestamp{field.epoch->ms + std::llround(std::clamp(seconds.get<double>(),
                                                              -kFarthestSecond, kFarthestSecond) *
                                                   1000)};
    return;
  }
  group.observations.push_back({field.name, value_at(field, bytes, *at), field.unit});
}

void add_block(const Block& block, std::string_view bytes, ObservationGroup& group) {
  for (const Field& field : block.fields)
    if (hold(field.when, bytes)) add_field(field, bytes, group);
}

std::string truncated(const std::string& what, std::size_t needs, std::size_t at,
                      std::size_t left) {
  return "truncated: " + what + " at byte " + std::to_string(at) + " needs " +
         std::to_string(needs) + (needs == 1 ? " byte, " : " bytes, ") + std::to_string(left) +
         (left == 1 ? " is left" : " are left");
}

const Item* find_item(const std::vector<Item>& items, std::uint64_t key) {
  const auto found =
      std::lower_bound(items.begin(), items.end(), key,
                       [](const Item& one, std::uint64_t wanted) { return one.key < wanted; });
  return found == items.end() || found->key != key ? nullptr : &*found;
}

// Values whose names were there before join them: 1, then [1, 2].
void join_repeated(ObservationGroup& group, std::size_t before) {
  auto& all = group.observations;
  for (std::size_t i = before; i < all.size();) {
    const auto first =
        std::find_if(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before),
                     [&](const Observation& one) { return one.name == all[i].name; });
    if (first == all.begin() + static_cast<std::ptrdiff_t>(before)) {
      ++i;
      continue;
    }
    if (!first->value.is_array()) first->value = Json::array({first->value});
    if (first->value.size() < kMaxListed) first->value.push_back(std::move(all[i].value));
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

struct ItemHead {
  const Item* item = nullptr;  // null: of unknown type, but with a length
  std::string what;            // "type 0367"
  std::size_t size = 0;        // bytes that follow
};

// The type and the length of the item that begins at `at`; moves behind them.
Result<ItemHead> read_head(const Layout& layout, std::string_view bytes, std::size_t& at) {
  const std::size_t begin = at, bytes_of_head = layout.key_bytes + layout.length_bytes;
  if (bytes.size() - at < bytes_of_head)
    return malformed(truncated("the type of an item", bytes_of_head, begin, bytes.size() - at));
  const std::size_t key_at = at + (layout.length_first ? layout.length_bytes : 0);
  const std::size_t length_at = at + (layout.length_first ? 0 : layout.key_bytes);
  ItemHead head;
  head.what = "type " + to_hex(bytes.substr(key_at, layout.key_bytes));
  head.item = find_item(layout.items, number_at(bytes, key_at, layout.key_bytes, true));
  if (head.item == nullptr && !layout.skip_unknown)
    return malformed("unknown " + head.what + " at byte " + std::to_string(begin) +
                     ", and what follows it cannot be found");
  at += bytes_of_head;
  head.size = head.item == nullptr ? 0 : head.item->block.size;
  if (layout.length_bytes > 0) {
    const auto told = static_cast<std::size_t>(
        number_at(bytes, length_at, layout.length_bytes, layout.big_endian));
    const std::size_t counted = layout.length_first ? layout.key_bytes : 0;
    if (told < head.size + counted)
      return malformed(head.what + " at byte " + std::to_string(begin) + " has " +
                       std::to_string(told) + " bytes, not " + std::to_string(head.size + counted));
    head.size = told - counted;
  } else if (head.item->rest) {
    head.size = std::max(head.size, bytes.size() - at);
  }
  if (head.size > bytes.size() - at)
    return malformed(truncated(head.what, head.size, begin, bytes.size() - at));
  return head;
}

// One item that begins at `at`; moves behind it.
Result<void> read_item(const Layout& layout, std::string_view bytes, std::size_t& at,
                       ObservationGroup& group) {
  const auto head = read_head(layout, bytes, at);
  if (!head) return head.error();
  const std::size_t before = group.observations.size();
  if (head->item != nullptr) add_block(head->item->block, bytes.substr(at, head->size), group);
  if (head->item != nullptr && head->item->repeats) join_repeated(group, before);
  at += head->size;
  return {};
}

Result<void> read_items(const Layout& layout, std::string_view bytes, std::size_t at,
                        ObservationGroup& group) {
  if (bytes.size() - at < layout.before_end)
    return malformed(truncated("the end", layout.before_end, at, bytes.size() - at));
  bytes.remove_suffix(layout.before_end);
  while (at < bytes.size()) {
    if (auto done = read_item(layout, bytes, at, group); !done) return done;
    if (group.observations.size() > kMaxLayoutObservations)
      return malformed("more than " + std::to_string(kMaxLayoutObservations) + " values");
  }
  return {};
}

Result<void> read_flags(const Layout& layout, std::string_view bytes, std::size_t at,
                        ObservationGroup& group) {
  if (at + layout.flag_bytes > bytes.size())
    return malformed(
        truncated("the bitmap", layout.flag_bytes, at, bytes.size() - std::min(at, bytes.size())));
  std::uint64_t bitmap = number_at(bytes, at, layout.flag_bytes, layout.big_endian);
  at += layout.flag_bytes;
  for (std::uint64_t bit = 0; bitmap != 0; ++bit, bitmap >>= 1) {
    if ((bitmap & 1) == 0) continue;
    const Item* item = find_item(layout.flags, bit);
    const std::string what = "the block of bit " + std::to_string(bit);
    if (item == nullptr) return malformed("unknown: " + what + ", and what follows it");
    if (item->block.size > bytes.size() - at)
      return malformed(truncated(what, item->block.size, at, bytes.size() - at));
    add_block(item->block, bytes.substr(at, item->block.size), group);
    at += item->block.size;
  }
  return {};
}

bool fits(const Frame& frame, std::string_view bytes, std::optional<int> fport) {
  const auto& ports = frame.fports;
  const bool port_fits =
      ports.empty() || !fport || std::find(ports.begin(), ports.end(), *fport) != ports.end();
  return port_fits && bytes.size() >= frame.least && bytes.size() <= frame.most &&
         hold(frame.when, bytes);
}

std::string no_frame(std::string_view bytes, std::optional<int> fport) {
  std::string text =
      "no frame of the layout is like these " + std::to_string(bytes.size()) + " bytes";
  if (!bytes.empty()) text += " that begin with " + to_hex(bytes.substr(0, 4));
  if (fport) text += ", on fPort " + std::to_string(*fport);
  return text;
}

// null when a part has no value, absent when none of a sum or not all of a text came.
std::optional<Observation> made_of(const Made& made, const ObservationGroup& group) {
  Observation whole{made.name, nullptr, made.unit};
  std::size_t came = 0;
  bool complete = true;
  for (const std::string& name : made.of) {
    const Observation* const part = group.find(name);
    if (part == nullptr) continue;
    if (came++ == 0 && made.unit.empty() && !made.joins) whole.unit = part->unit;
    complete &= made.joins ? !part->value.is_null() : part->value.is_number();
  }
  if (came == 0 || (made.joins && came < made.of.size())) return std::nullopt;
  if (!complete) return whole;
  if (made.joins) {
    Json parts = Json::array();
    for (const std::string& name : made.of) parts.push_back(group.find(name)->value);
    whole.value = joined(parts, made.between);
    return whole;
  }
  double sum = 0;
  bool whole_numbers = true;
  for (const std::string& name : made.of)
    if (const Observation* const part = group.find(name)) {
      sum += part->value.get<double>();
      whole_numbers &= part->value.is_number_integer();
    }
  if (whole_numbers && std::abs(sum) < 1e15)
    whole.value = static_cast<std::int64_t>(sum);
  else if (std::isfinite(sum))
    whole.value = tidy(sum);
  return whole;
}

Result<void> read_fields(const Layout& layout, const Frame& frame, std::string_view bytes,
                         ObservationGroup& group) {
  add_block(frame.block, bytes, group);
  if (frame.flags_at) return read_flags(layout, bytes, *frame.flags_at, group);
  if (frame.tlv_at) return read_items(layout, bytes, *frame.tlv_at, group);
  return {};
}

}  // namespace

Result<void> read_layout(const Layout& layout, std::string_view bytes, std::optional<int> fport,
                         ObservationGroup& group) {
  const auto frame = std::find_if(layout.frames.begin(), layout.frames.end(),
                                  [&](const Frame& one) { return fits(one, bytes, fport); });
  if (frame == layout.frames.end()) return malformed(no_frame(bytes, fport));
  if (frame->block.size > bytes.size())
    return malformed(truncated("the frame", frame->block.size, 0, bytes.size()));
  if (auto good = check_sum(frame->sum, bytes, layout.big_endian); !good) return good;
  if (auto done = read_fields(layout, *frame, bytes, group); !done) return done;
  for (const Made& made : layout.made)
    if (auto whole = made_of(made, group)) group.observations.push_back(std::move(*whole));
  return {};
}

}  // namespace lamppost::formats
