// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/leaves.h"

#include <algorithm>

#include "drivers/formats/picker.h"
#include "drivers/formats/pointer.h"

namespace lamppost::formats {
namespace {

// Appends the leaves of `tree`, while `budget` lasts. Recursion is bounded by the reader's depth.
void append_leaves(const Json& tree, std::string pointer, std::size_t& budget,
                   std::vector<Observation>& out) {
  if (budget == 0) return;
  if (!tree.is_structured() || tree.empty()) {
    --budget;
    out.push_back({std::move(pointer), tree, ""});
    return;
  }
  for (const auto& item : tree.items()) {
    std::string longer = pointer;
    append_token(longer, item.key());
    append_leaves(item.value(), std::move(longer), budget, out);
  }
}

bool is_array_of_objects(const Json& tree) {
  return tree.is_array() &&
         std::all_of(tree.begin(), tree.end(), [](const Json& item) { return item.is_object(); });
}

}  // namespace

Result<Observations> all_leaves(const Json& document, const std::string& each) {
  const auto tokens = pointer_tokens(each);
  const Json* const array = find(document, tokens.value());
  if (!each.empty() && (array == nullptr || !array->is_array()))
    return no_elements(each, array != nullptr);

  Observations seen;
  std::size_t budget = kMaxLeaves;
  const auto add = [&](const Json& tree) {
    append_leaves(tree, "", budget, seen.emplace_back().observations);
  };
  if (!each.empty() || is_array_of_objects(document))
    for (const Json& element : *array) {
      if (seen.size() == kMaxElements) budget = 0;
      if (budget > 0) add(element);
    }
  else
    add(document);
  if (budget == 0)
    return Error{Fault::kMalformed, "more than " + std::to_string(kMaxLeaves - 1) + " values", ""};
  return seen;
}

}  // namespace lamppost::formats
