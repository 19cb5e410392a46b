// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/layout_field.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/units.h"

namespace lamppost::formats {
namespace {

// "u16", "i24le", "bcd4", "hex8", "text12".
void read_type(const Node& node, Field& field) {
  const Node place = node.need("type");
  std::string type = place.text();
  const auto ends = [&](std::string_view tail) {
    if (!type.ends_with(tail)) return false;
    type.resize(type.size() - tail.size());
    return true;
  };
  if (ends("le"))
    field.big_endian = false;
  else if (ends("be"))
    field.big_endian = true;
  else if (ends("lw"))
    field.big_endian = field.low_word_first = true;
  std::size_t digits = 0;
  const std::size_t letters = std::min(type.find_first_of("0123456789"), type.size());
  std::from_chars(type.data() + letters, type.data() + type.size(), digits);
  const std::string kind = type.substr(0, letters);
  const bool whole_bytes = digits % 8 == 0 && digits >= 8 && digits <= 64;
  const bool text_like = digits >= 1 && digits <= kMaxFieldBytes;
  if ((kind == "u" || kind == "i") && whole_bytes) {
    field.coding = kind == "u" ? Coding::kUnsigned : Coding::kSigned;
    field.width = digits / 8;
    if (field.low_word_first && field.width % 2 != 0) place.fail("lw is for whole words");
  } else if (kind == "f" && (digits == 32 || digits == 64)) {
    field.coding = Coding::kFloat;
    field.width = digits / 8;
  } else if (kind == "bcd" && digits >= 1 && digits <= 8) {
    field.coding = Coding::kBcd;
    field.width = digits;
  } else if ((kind == "hex" || kind == "text") && text_like) {
    field.coding = kind == "hex" ? Coding::kHex : Coding::kText;
    field.width = digits;
    field.reversed = place.text() == type + "le";
  } else {
    place.fail("\"" + place.text() +
               "\" is no type; such as u8, i16, u24, f32, u16le, bcd4, hex8 or text12");
  }
}

void read_bits(const Node& node, Field& field) {
  const auto place = node.find("bits");
  if (!place) return;
  const auto all = static_cast<std::int64_t>(field.width * 8);
  const bool several =
      place->json().is_array() && !place->json().empty() && place->json()[0].is_array();
  std::int64_t sum = 0;
  for (const Node& range : several ? place->elements() : std::vector<Node>{*place}) {
    const auto parts = range.integers();
    if (parts.size() != 2 || parts[0] < 0 || parts[1] < 1 || parts[1] > all ||
        parts[0] > all - parts[1] || (sum += parts[1]) > 64 ||
        (field.coding != Coding::kUnsigned && field.coding != Coding::kSigned))
      range.fail("bits is [lowest, count] within the " + std::to_string(all) +
                 " bits of the number, or a list of these");
    field.bits.push_back({static_cast<unsigned>(parts[0]), static_cast<unsigned>(parts[1])});
  }
}

// A tenth is divided by ten: 223 / 10 is 22.3, 223 * 0.1 is not.
void read_scale(double scale, Field& field) {
  const double inverse = 1 / scale;
  const double whole = std::round(inverse);
  if (whole > 1 && whole < 1e15 && std::abs(inverse - whole) < 1e-9 * whole)
    field.divisor = whole;
  else
    field.factor = scale;
}

void read_arithmetic(const Node& node, Field& field) {
  if (const auto scale = node.find("scale")) {
    if (scale->number() == 0) scale->fail("0 would make every value the same");
    read_scale(scale->number(), field);
  }
  if (const auto offset = node.find("offset")) field.offset = offset->number();
  if (const auto poly = node.find("poly")) {
    field.poly = poly->numbers();
    if (field.poly.empty() || field.poly.size() > 8)
      poly->fail("poly is one to eight numbers, c0 first");
    if (node.find("scale") || node.find("offset"))
      poly->fail("poly takes the place of scale and offset");
  }
  if (const auto power = node.find("power")) field.power = static_cast<int>(power->integer(1, 8));
  if (const auto decimals = node.find("decimals"))
    field.decimals = static_cast<int>(decimals->integer(0, 12));
}

Node map_of(const Node& map, const FieldContext& context) {
  if (!map.json().is_string()) return map;
  auto named = context.maps ? context.maps->find(map.text()) : std::nullopt;
  if (!named) map.fail("no table of [maps] is named \"" + map.text() + '"');
  return *named;
}

void read_words(const Node& node, const FieldContext& context, Field& field) {
  if (const auto map = node.find("map"))
    for (const auto& [key, value] : map_of(*map, context).members()) {
      std::int64_t number = 0;
      const auto end = key.data() + key.size();
      if (std::from_chars(key.data(), end, number).ptr != end || key.empty())
        value.fail("map: \"" + key + "\" is no whole number");
      field.words.emplace_back(number, value.json());
    }
  std::sort(field.words.begin(), field.words.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  if (const auto otherwise = node.find("else")) field.otherwise = otherwise->json();
  if (const auto sentinel = node.find("sentinel")) field.sentinel = sentinel->integers();
}

void read_list(const Node& node, Field& field) {
  const auto count = node.find("count");
  if (!count) return;
  field.is_list = true;
  field.count = count->size(0, kMaxListed);
  field.stride = field.width;
  if (const auto stride = node.find("stride")) field.stride = stride->size(1, kMaxOffset);
  if (const auto end = node.find("before_end")) field.before_end = end->size(1, kMaxOffset);
  if (const auto join = node.find("join")) field.join = join->text();
}

// What a frame says by being there: no bytes, no arithmetic.
Field read_constant(const Node& node, const Json& value, std::size_t next) {
  node.only({"name", "value", "when"});
  if (value.is_structured()) node.need("value").fail("value is a text, a number or a truth value");
  Field field;
  field.name = node.need("name").text();
  field.at = next;
  field.width = 0;
  field.constant = value;
  field.when = read_conditions(node);
  return field;
}

Condition read_condition(const Node& node) {
  node.only({"at", "mask", "is", "not"});
  Condition condition;
  condition.at = node.need("at").size(0, kMaxOffset);
  if (const auto mask = node.find("mask"))
    condition.mask = static_cast<std::uint8_t>(mask->integer(0, 255));
  condition.negated = node.find("not").has_value();
  if (condition.negated == node.find("is").has_value())
    node.fail("a condition says `is` or `not`, such as { at = 1, is = 0x35 }");
  for (const std::int64_t number : node.need(condition.negated ? "not" : "is").integers()) {
    if (number < 0 || number > 255) node.fail("a byte is 0 to 255");
    condition.is.push_back(static_cast<std::uint8_t>(number));
  }
  return condition;
}

}  // namespace

const std::vector<std::string_view>& field_keys() {
  static const std::vector<std::string_view> kKeys = {
      "name",     "at",         "type",     "bits", "scale", "offset", "poly",     "power",
      "decimals", "unit",       "sentinel", "map",  "else",  "when",   "optional", "count",
      "stride",   "before_end", "from_end", "time", "value", "join"};
  return kKeys;
}

std::vector<Condition> read_conditions(const Node& node) {
  std::vector<Condition> conditions;
  if (const auto when = node.find("when"))
    for (const Node& one : when->one_or_more()) conditions.push_back(read_condition(one));
  return conditions;
}

Field read_field(const Node& node, std::size_t next, const FieldContext& context) {
  if (const auto value = node.find("value")) return read_constant(node, value->json(), next);
  Field field;
  field.big_endian = context.big_endian;
  read_type(node, field);
  field.at = next;
  if (const auto at = node.find("at")) field.at = at->size(0, kMaxOffset);
  if (const auto end = node.find("from_end")) field.from_end = end->size(1, kMaxOffset);
  read_bits(node, field);
  read_arithmetic(node, field);
  read_words(node, context, field);
  read_list(node, field);
  field.when = read_conditions(node);
  if (const auto optional = node.find("optional")) field.optional = optional->boolean();
  if (const auto unit = node.find("unit")) {
    field.unit = unit->text();
    if (!find_unit(field.unit)) unit->fail("\"" + field.unit + "\" is no code of UN/CEFACT Rec 20");
  }
  if (const auto time = node.find("time")) {
    field.epoch = parse_rfc3339(time->text());
    if (!field.epoch) time->fail("expected a moment such as \"1970-01-01T00:00:00Z\"");
  } else {
    field.name = node.need("name").text();
    if (field.name.empty()) node.need("name").fail("a name has at least one letter");
  }
  return field;
}

std::size_t end_of(const Field& field) {
  if (field.from_end) return std::max(*field.from_end, field.width);
  if (!field.is_list) return field.at + field.width;
  return field.count == 0 ? field.at : field.at + (field.count - 1) * field.stride + field.width;
}

}  // namespace lamppost::formats
