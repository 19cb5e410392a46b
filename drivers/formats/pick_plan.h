// SPDX-License-Identifier: Apache-2.0
// Which values of a JSON document somebody wants, compiled once into trees of keys, so that a
// document is walked once and only down the wanted branches.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lamppost::formats {

// A place in a document that is wanted, or on the way to one.
struct PickNode {
  std::string token;                 // key that leads here
  std::optional<std::size_t> index;  // the token as an array index
  std::size_t first = 0, last = 0;   // the slots of this place and all places below it
  bool wanted = false;               // slot `first` is this place
  bool each = false;                 // its elements are one group each
  bool leads_to_each = false;        // `each` is here or below
  std::vector<PickNode> children;

  const PickNode* member(std::string_view key) const;
  const PickNode* element(std::size_t at) const;
};

// Both trees number the slots alike: slot i is for names[i].
struct PickPlan {
  std::vector<std::string> names;  // pointers by slot, each once
  std::string each;                // pointer to the array of elements, "" = the root
  PickNode document;               // from the root
  PickNode element;                // from an element
};

// `names` and `each` are good pointers (check_pointer).
PickPlan plan_picks(const std::vector<std::string>& names, const std::string& each);

}  // namespace lamppost::formats
