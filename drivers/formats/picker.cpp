// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/picker.h"

#include <algorithm>
#include <utility>

#include "drivers/formats/pointer.h"

namespace lamppost::formats {
namespace {

const Json& absent() {
  static const Json kAbsent(Json::value_t::discarded);
  return kAbsent;
}

// Child of `tree` that `node` names, nullptr when there is none.
const Json* step(const Json& tree, const PickNode& node) {
  if (tree.is_object()) {
    const auto found = tree.find(node.token);
    return found == tree.end() ? nullptr : &*found;
  }
  if (tree.is_array() && node.index && *node.index < tree.size()) return &tree[*node.index];
  return nullptr;
}

// Fills the slots of `node` and everything below it.
void fill(const Json& tree, const PickNode& node, Json* slots) {
  if (node.wanted) slots[node.first] = tree;
  for (const PickNode& below : node.children)
    if (const Json* const found = step(tree, below)) fill(*found, below, slots);
}

// About what a copy of `tree` costs; recursion is bounded by the depth of what was read.
std::size_t bytes_of(const Json& tree) {
  std::size_t bytes = sizeof(Json);
  if (tree.is_string()) bytes += tree.get_ref<const std::string&>().size();
  if (tree.is_structured())
    for (const auto& item : tree.items()) bytes += item.key().size() + bytes_of(item.value());
  return bytes;
}

}  // namespace

Picker::Picker(const PickPlan& plan, bool elements)
    : plan_(plan), elements_(elements), document_(plan.names.size(), absent()) {}

Json* Picker::row() { return rows_.data() + (row_count_ - 1) * plan_.names.size(); }

bool Picker::fail(std::string text) {
  error_ = Error{Fault::kMalformed, std::move(text), plan_.each};
  return false;
}

// Of a repeated key the last one counts, with all that is below it.
void Picker::forget(Place place) {
  const auto clear = [](Json* slots, const PickNode& node) {
    for (std::size_t i = node.first; i < node.last; ++i) slots[i] = absent();
  };
  if (place.element != nullptr) clear(row(), *place.element);
  if (place.document == nullptr) return;
  clear(document_.data(), *place.document);
  if (!place.document->leads_to_each) return;
  rows_.clear();
  row_count_ = 0;
  each_ = Each::kAbsent;
}

bool Picker::read(JsonScanner& in) { return read_at(in, {&plan_.document, nullptr}) && in.end(); }

bool Picker::read_at(JsonScanner& in, Place place) {
  if (place.document == nullptr && place.element == nullptr) return in.skip();
  forget(place);
  const auto wanted = [](const PickNode* node) { return node != nullptr && node->wanted; };
  if (wanted(place.document) || wanted(place.element)) return read_tree(in, place);
  if (elements_ && place.document != nullptr && place.document->each) {
    each_ = in.at_array() ? Each::kArray : Each::kOther;
    if (each_ == Each::kArray) return read_elements(in, *place.document);
  }
  const auto below = [&](auto next) {
    return Place{place.document != nullptr ? next(*place.document) : nullptr,
                 place.element != nullptr ? next(*place.element) : nullptr};
  };
  if (in.at_object())
    return in.object([&](std::string_view key) {
      return read_at(in, below([&](const PickNode& node) { return node.member(key); }));
    });
  if (!in.at_array()) return in.skip();
  std::size_t index = 0;
  return in.array([&] {
    const std::size_t at = index++;
    return read_at(in, below([&](const PickNode& node) { return node.element(at); }));
  });
}

bool Picker::read_tree(JsonScanner& in, Place place) {
  Json tree;
  if (!in.value(tree)) return false;
  if (place.element != nullptr) fill(tree, *place.element, row());
  if (place.document == nullptr) return true;
  const bool plain = place.document->children.empty() && !place.document->each;
  if (!plain) return take_at(tree, *place.document);
  document_[place.document->first] = std::move(tree);
  return true;
}

bool Picker::read_elements(JsonScanner& in, const PickNode& array) {
  return in.array([&] {
    if (!add_row(in.at_object())) return false;
    return read_at(in, {array.element(row_count_ - 1), &plan_.element});
  });
}

bool Picker::add_row(bool is_object) {
  if (!is_object && plan_.each.empty()) {
    mixed_ = true;
    return false;
  }
  if (++row_count_ > kMaxElements)
    return fail("more than " + std::to_string(kMaxElements) + " elements in \"" + plan_.each +
                "\"");
  rows_.resize(row_count_ * plan_.names.size(), absent());
  return true;
}

bool Picker::take(const Json& document) { return take_at(document, plan_.document); }

bool Picker::take_at(const Json& tree, const PickNode& node) {
  if (node.wanted) document_[node.first] = tree;
  if (node.each && elements_) {
    each_ = tree.is_array() ? Each::kArray : Each::kOther;
    if (each_ == Each::kArray && !take_elements(tree)) return false;
  }
  return std::all_of(node.children.begin(), node.children.end(), [&](const PickNode& below) {
    const Json* const found = step(tree, below);
    return found == nullptr || take_at(*found, below);
  });
}

bool Picker::take_elements(const Json& tree) {
  for (const Json& element : tree) {
    if (!add_row(element.is_object())) return false;
    fill(element, plan_.element, row());
  }
  return true;
}

Result<Observations> Picker::groups() {
  if (!elements_ || (plan_.each.empty() && each_ != Each::kArray)) return whole_document();
  if (each_ != Each::kArray) return no_elements(plan_.each, each_ == Each::kOther);
  return by_element();
}

Observations Picker::whole_document() {
  Observations seen(1);
  auto& observations = seen[0].observations;
  observations.reserve(document_.size());
  for (std::size_t slot = 0; slot < document_.size(); ++slot)
    if (!document_[slot].is_discarded())
      observations.push_back({plan_.names[slot], std::move(document_[slot]), ""});
  return seen;
}

// What an element lacks comes from the document around it, copied for every element. A few bytes
// must not become gigabytes that way.
Result<Observations> Picker::by_element() {
  std::size_t shared = 0;
  for (const Json& value : document_)
    if (!value.is_discarded()) shared += bytes_of(value);
  if (shared * row_count_ > kMaxSharedBytes)
    return Error{Fault::kMalformed,
                 "the values that " + std::to_string(row_count_) + " elements share are too large",
                 plan_.each};
  Observations seen(row_count_);
  const std::size_t slots = plan_.names.size();
  for (std::size_t i = 0; i < row_count_; ++i) {
    auto& observations = seen[i].observations;
    observations.reserve(slots);
    for (std::size_t slot = 0; slot < slots; ++slot) {
      Json& own = rows_[i * slots + slot];
      if (!own.is_discarded())
        observations.push_back({plan_.names[slot], std::move(own), ""});
      else if (!document_[slot].is_discarded())
        observations.push_back({plan_.names[slot], document_[slot], ""});
    }
  }
  return seen;
}

Error no_elements(const std::string& each, bool something_else_is_there) {
  return Error{Fault::kMalformed,
               something_else_is_there ? '"' + each + "\" is no array"
                                       : "there is no array at \"" + each + '"',
               each};
}

Result<Observations> pick_from_text(const PickPlan& plan, std::string_view text) {
  Picker picker(plan, true);
  JsonScanner in(text);
  if (picker.read(in)) return picker.groups();
  if (in.failed()) return in.error();
  if (!picker.mixed()) return picker.error().value();
  Picker whole(plan, false);
  JsonScanner again(text);
  if (!whole.read(again)) return again.error();
  return whole.groups();
}

Result<Observations> pick_from_tree(const PickPlan& plan, const Json& document) {
  Picker picker(plan, true);
  if (picker.take(document)) return picker.groups();
  if (!picker.mixed()) return picker.error().value();
  Picker whole(plan, false);
  whole.take(document);
  return whole.groups();
}

}  // namespace lamppost::formats
