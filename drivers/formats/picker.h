// SPDX-License-Identifier: Apache-2.0
// Walks one document along a PickPlan and keeps what is wanted: from text, without building what
// nobody asked for, or from a tree that is there already (CBOR).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/observation.h"
#include "core/result.h"
#include "drivers/formats/json_scanner.h"
#include "drivers/formats/pick_plan.h"

namespace lamppost::formats {

// Bounds on what one payload can become.
inline constexpr std::size_t kMaxElements = 10'000;
inline constexpr std::size_t kMaxSharedBytes = 16 << 20;

// One group for every element of the plan's array. When `each` is the root and the document is no
// array of objects, one group for all of it.
Result<Observations> pick_from_text(const PickPlan& plan, std::string_view text);
Result<Observations> pick_from_tree(const PickPlan& plan, const Json& document);

// Says that `each` leads to no array.
Error no_elements(const std::string& each, bool something_else_is_there);

// One walk over one document.
class Picker {
 public:
  // Without `elements` the whole document is one group.
  Picker(const PickPlan& plan, bool elements);

  bool read(JsonScanner& in);
  bool take(const Json& document);
  // An array at the root holds something that is no object: walk again without elements.
  bool mixed() const { return mixed_; }
  // Valid after a walk that returned false for a reason of its own.
  const std::optional<Error>& error() const { return error_; }
  Result<Observations> groups();

 private:
  // Where the walk is: in the document, in an element, or in both.
  struct Place {
    const PickNode* document;
    const PickNode* element;
  };
  enum class Each { kAbsent, kArray, kOther };

  bool read_at(JsonScanner& in, Place place);
  bool read_tree(JsonScanner& in, Place place);
  bool read_elements(JsonScanner& in, const PickNode& array);
  bool take_at(const Json& tree, const PickNode& node);
  bool take_elements(const Json& tree);
  bool add_row(bool is_object);
  bool fail(std::string text);
  void forget(Place place);
  Json* row();  // slots of the element under way

  Observations whole_document();
  Result<Observations> by_element();

  const PickPlan& plan_;
  bool elements_;
  bool mixed_ = false;
  Each each_ = Each::kAbsent;
  std::vector<Json> document_;  // by slot; discarded = absent
  std::vector<Json> rows_;      // slots of every element, one after the other
  std::size_t row_count_ = 0;
  std::optional<Error> error_;
};

}  // namespace lamppost::formats
