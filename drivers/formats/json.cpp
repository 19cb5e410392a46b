// SPDX-License-Identifier: Apache-2.0
// JSON of any shape (RFC 8259), and CBOR of any shape when the content type says so. Observations
// are named by JSON pointer; a pointer is looked up in the element first, then in the document.
// null is an observation without a value; what is missing is no observation.
//
//   {"t": 21.4, "sensors": [{"id": 7}]}     "/t" -> 21.4     "/sensors/0/id" -> 7
//   [{"t": 21.4}, {"t": 21.9}]              two groups, "/t" in each
//   each = "/rows": {"id": "a", "rows": [{"t": 1}, {"t": 2}]}
//                                           two groups, "/t" and "/id" in each
//
//   [mapping.options]                       a list of names and values joins the document
//   named = { list = "/vs", name = "k", value = "v" }
//   {"vs": [{"k": "t", "v": 21.4}]}         "/t" -> 21.4
//
//   units = { Temperature = "/TempUnit" }   members of this name are in the unit that the document
//   {"A": {"Temperature": 70}, "TempUnit": "F"}   says there: "/A/Temperature" -> 70 FAH
//
// All of the payload is read and checked, wanted or not. Bounds: kMaxJsonDepth levels, kMaxElements
// elements.
#include <optional>
#include <set>

#include "core/units.h"
#include "drivers/driver.h"
#include "drivers/formats/cbor.h"
#include "drivers/formats/in_quotes.h"
#include "drivers/formats/json_tree.h"
#include "drivers/formats/leaves.h"
#include "drivers/formats/options.h"
#include "drivers/formats/picks.h"
#include "drivers/formats/pointer.h"

namespace lamppost {
namespace {

using namespace formats;

// Where names stand beside values.
struct Named {
  Pointer list;
  std::string name, value;  // members of the list's elements
};

// The last part of a pointer, and where the document says its unit.
struct ToldUnit {
  std::string member;
  Pointer place;
};

struct Wanted {
  std::optional<Named> named;
  std::vector<ToldUnit> units;
  std::vector<Pointer> pointers;  // none: every leaf
  Pointer each;
  std::optional<Branches> branches;  // what `pointers` and `each` can lead through
};

// What the document says itself stays.
void join_named(Json& tree, const Named& named) {
  const Json* const list = find(tree, named.list);
  if (list == nullptr || !list->is_array() || !tree.is_object()) return;
  Json joined = Json::object();
  for (const Json& one : *list) {
    if (!one.is_object() || !one.contains(named.name) || !one.contains(named.value)) continue;
    if (one[named.name].is_string())
      joined[one[named.name].get_ref<const std::string&>()] = one[named.value];
  }
  for (auto& [name, value] : joined.items())
    if (!tree.contains(name)) tree[name] = std::move(value);
}

// As devices write them; "" for what is no unit.
std::string_view unit_of(std::string_view symbol) {
  constexpr std::pair<std::string_view, std::string_view> kSymbols[] = {
      {"C", "CEL"},   {"°C", "CEL"},   {"F", "FAH"},   {"°F", "FAH"},
      {"hPa", "A97"}, {"mbar", "MBR"}, {"mmHg", "HN"}, {"inHg", "F79"}};
  for (const auto& [known, code] : kSymbols)
    if (known == symbol) return code;
  return unit_of_senml(symbol);
}

Result<void> add_units(const Json& tree, const ToldUnit& told, Observations& seen) {
  const Json* const word = find(tree, told.place);
  if (word == nullptr || !word->is_string()) return {};
  const auto& symbol = word->get_ref<const std::string&>();
  const std::string_view unit = unit_of(symbol);
  for (ObservationGroup& group : seen)
    for (Observation& one : group.observations) {
      if (!one.name.ends_with('/' + told.member)) continue;
      if (unit.empty())
        return Error{Fault::kMalformed, in_quotes(symbol) + " is no unit for " + one.name, ""};
      one.unit = unit;
    }
  return {};
}

Result<Observations> decode(const Reading& reading, const Wanted& wanted) {
  auto tree = is_cbor(reading.content_type)
                  ? cbor_to_json(reading.payload)
                  : json_to_tree(reading.payload, wanted.branches ? &*wanted.branches : nullptr);
  if (!tree) return tree.error();
  if (wanted.named) join_named(*tree, *wanted.named);
  auto seen = wanted.pointers.empty() ? all_leaves(*tree, wanted.each)
                                      : pick(*tree, wanted.pointers, wanted.each);
  if (!seen) return seen;
  for (const ToldUnit& told : wanted.units)
    if (auto done = add_units(*tree, told, *seen); !done) return done.error();
  return seen;
}

std::string check_name(std::string_view name) { return check_pointer(name); }

std::optional<Named> named_option(const DecoderOptions& options) {
  const auto found = options.extra.find("named");
  if (found == options.extra.end()) return std::nullopt;
  const Json& table = found->second;
  const auto text = [&](const char* key) {
    return table.is_object() && table.contains(key) && table[key].is_string()
               ? table[key].get<std::string>()
               : std::string();
  };
  const auto list = parse_pointer(text("list"));
  if (!list || list->tokens.empty() || text("name").empty() || text("value").empty())
    throw OptionError("named",
                      "named says where names stand beside values, such as "
                      "{ list = \"/values\", name = \"key\", value = \"value\" }");
  return Named{*list, text("name"), text("value")};
}

std::vector<ToldUnit> units_option(const DecoderOptions& options) {
  std::vector<ToldUnit> units;
  const auto found = options.extra.find("units");
  if (found == options.extra.end()) return units;
  const auto fail = [] {
    throw OptionError("units",
                      "units says where the unit of a member stands, such as "
                      "{ Temperature = \"/TempUnit\" }");
  };
  if (!found->second.is_object()) fail();
  for (const auto& [member, place] : found->second.items()) {
    auto pointer = place.is_string() ? parse_pointer(place.get<std::string>()) : std::nullopt;
    if (!pointer || pointer->tokens.empty() || member.empty()) fail();
    units.push_back({member, std::move(*pointer)});
  }
  return units;
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "json", {"named", "units"}, check_name);
  if (const std::string fault = check_pointer(options.each); !fault.empty())
    throw OptionError("each", fault);
  Wanted wanted;
  wanted.named = named_option(options);
  wanted.units = units_option(options);
  for (const std::string& name : std::set(options.names.begin(), options.names.end()))
    wanted.pointers.push_back(parse_pointer(name).value());
  wanted.each = parse_pointer(options.each).value();
  if (!wanted.pointers.empty()) {
    auto all = wanted.pointers;
    if (!options.each.empty()) all.push_back(wanted.each);
    if (wanted.named) all.push_back(wanted.named->list);
    for (const ToldUnit& told : wanted.units) all.push_back(told.place);
    wanted.branches.emplace(all);
  }
  return [wanted](const Reading& reading) { return decode(reading, wanted); };
}

}  // namespace

extern const Driver kJson;
constinit const Driver kJson{
    "json", "JSON of any shape (and CBOR by content type); values are named by JSON pointer", open,
    check_name};

}  // namespace lamppost
