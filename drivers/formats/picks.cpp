// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/picks.h"

#include <algorithm>
#include <string>
#include <utility>

namespace lamppost::formats {
namespace {

bool is_array_of_objects(const Json& tree) {
  return tree.is_array() &&
         std::all_of(tree.begin(), tree.end(), [](const Json& item) { return item.is_object(); });
}

// About what a copy of `tree` costs; recursion is bounded by the depth of what was read.
std::size_t bytes_of(const Json& tree) {
  std::size_t bytes = sizeof(Json);
  if (tree.is_string()) bytes += tree.get_ref<const std::string&>().size();
  if (tree.is_structured())
    for (const auto& item : tree.items()) bytes += item.key().size() + bytes_of(item.value());
  return bytes;
}

Error too_large(std::size_t elements, const Pointer& each) {
  return Error{Fault::kMalformed,
               "the values that " + std::to_string(elements) + " elements share are too large",
               each.text};
}

}  // namespace

Result<std::vector<const Json*>> elements_of(const Json& document, const Pointer& each) {
  const auto malformed = [&](std::string what) {
    return Error{Fault::kMalformed, std::move(what), each.text};
  };
  const std::string quoted = '"' + each.text + '"';
  if (each.text.empty() && !is_array_of_objects(document)) return std::vector{&document};
  const Json* const array = find(document, each);
  if (array == nullptr) return malformed("there is no array at " + quoted);
  if (!array->is_array()) return malformed(quoted + " is no array");
  if (array->size() > kMaxElements)
    return malformed("more than " + std::to_string(kMaxElements) + " elements in " + quoted);
  std::vector<const Json*> elements;
  for (const Json& element : *array) elements.push_back(&element);
  return elements;
}

Result<Observations> pick(const Json& document, const std::vector<Pointer>& wanted,
                          const Pointer& each) {
  const auto elements = elements_of(document, each);
  if (!elements) return elements.error();
  Observations seen;
  std::size_t shared = 0;
  for (const Json* const element : *elements) {
    auto& observations = seen.emplace_back().observations;
    observations.reserve(wanted.size());
    for (const Pointer& pointer : wanted) {
      const Json* const own = find(*element, pointer);
      const Json* const value = own != nullptr ? own : find(document, pointer);
      if (value == nullptr) continue;
      // Copied for every element that lacks it: a few bytes must not become gigabytes that way.
      if (own == nullptr) shared += bytes_of(*value);
      if (shared > kMaxSharedBytes) return too_large(elements->size(), each);
      observations.push_back({pointer.text, *value, ""});
    }
  }
  return seen;
}

}  // namespace lamppost::formats
