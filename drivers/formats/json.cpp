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
// All of the payload is read and checked, wanted or not. Bounds: kMaxJsonDepth levels, kMaxElements
// elements.
#include <optional>
#include <set>

#include "drivers/driver.h"
#include "drivers/formats/cbor.h"
#include "drivers/formats/json_tree.h"
#include "drivers/formats/leaves.h"
#include "drivers/formats/options.h"
#include "drivers/formats/picks.h"
#include "drivers/formats/pointer.h"

namespace lamppost {
namespace {

using namespace formats;

struct Wanted {
  std::vector<Pointer> pointers;  // none: every leaf
  Pointer each;
  std::optional<Branches> branches;  // what `pointers` and `each` can lead through
};

Result<Observations> decode(const Reading& reading, const Wanted& wanted) {
  const auto tree =
      is_cbor(reading.content_type)
          ? cbor_to_json(reading.payload)
          : json_to_tree(reading.payload, wanted.branches ? &*wanted.branches : nullptr);
  if (!tree) return tree.error();
  return wanted.pointers.empty() ? all_leaves(*tree, wanted.each)
                                 : pick(*tree, wanted.pointers, wanted.each);
}

std::string check_name(std::string_view name) { return check_pointer(name); }

Decoder open(const DecoderOptions& options) {
  check_options(options, "json", {}, check_name);
  if (const std::string fault = check_pointer(options.each); !fault.empty())
    throw OptionError("each", fault);
  Wanted wanted;
  for (const std::string& name : std::set(options.names.begin(), options.names.end()))
    wanted.pointers.push_back(parse_pointer(name).value());
  wanted.each = parse_pointer(options.each).value();
  if (!wanted.pointers.empty()) {
    auto all = wanted.pointers;
    if (!options.each.empty()) all.push_back(wanted.each);
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
