// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/leaves.h"

#include <string>
#include <utility>

#include "drivers/formats/picks.h"

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

}  // namespace

Result<Observations> all_leaves(const Json& document, const Pointer& each) {
  const auto elements = elements_of(document, each);
  if (!elements) return elements.error();
  Observations seen;
  std::size_t budget = kMaxLeaves;
  for (const Json* const element : *elements) {
    append_leaves(*element, "", budget, seen.emplace_back().observations);
    if (budget == 0)
      return Error{Fault::kMalformed, "more than " + std::to_string(kMaxLeaves - 1) + " values",
                   ""};
  }
  return seen;
}

}  // namespace lamppost::formats
