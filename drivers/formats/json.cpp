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
// Only what is wanted is built; the rest is checked for its grammar. Bounds: kMaxDepth levels,
// kMaxElements elements.
#include "drivers/driver.h"
#include "drivers/formats/cbor.h"
#include "drivers/formats/leaves.h"
#include "drivers/formats/options.h"
#include "drivers/formats/picker.h"
#include "drivers/formats/pointer.h"

namespace lamppost {
namespace {

using namespace formats;

Result<Json> tree_of(const Reading& reading) {
  if (is_cbor(reading.content_type)) return cbor_to_json(reading.payload);
  JsonScanner in(reading.payload);
  Json tree;
  if (!in.value(tree) || !in.end()) return in.error();
  return tree;
}

Result<Observations> decode_wanted(const PickPlan& plan, const Reading& reading) {
  if (!is_cbor(reading.content_type)) return pick_from_text(plan, reading.payload);
  const auto tree = tree_of(reading);
  if (!tree) return tree.error();
  return pick_from_tree(plan, *tree);
}

Result<Observations> decode_everything(const std::string& each, const Reading& reading) {
  const auto tree = tree_of(reading);
  if (!tree) return tree.error();
  return all_leaves(*tree, each);
}

std::string check_name(std::string_view name) { return check_pointer(name); }

Decoder open(const DecoderOptions& options) {
  check_options(options, "json", {}, check_name);
  const std::string each = options.each;
  if (const std::string fault = check_pointer(each); !fault.empty())
    throw OptionError("each", fault);
  if (options.names.empty())
    return [each](const Reading& reading) { return decode_everything(each, reading); };
  return [plan = plan_picks(options.names, each)](const Reading& reading) {
    return decode_wanted(plan, reading);
  };
}

}  // namespace

extern const Driver kJson;
constinit const Driver kJson{
    "json", "JSON of any shape (and CBOR by content type); values are named by JSON pointer", open,
    check_name};

}  // namespace lamppost
