// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/pick_plan.h"

#include <algorithm>

#include "drivers/formats/pointer.h"

namespace lamppost::formats {
namespace {

PickNode& child(PickNode& node, const std::string& token) {
  for (PickNode& known : node.children)
    if (known.token == token) return known;
  PickNode& added = node.children.emplace_back();
  added.token = token;
  added.index = array_index(token);
  return added;
}

PickNode& insert(PickNode& root, const std::string& pointer) {
  PickNode* node = &root;
  const auto tokens = pointer_tokens(pointer);
  for (const std::string& token : tokens.value()) node = &child(*node, token);
  return *node;
}

// Depth first, so that every branch owns a contiguous range of slots.
void number(PickNode& node, const std::string& pointer, std::vector<std::string>& names) {
  node.first = names.size();
  node.leads_to_each = node.each;
  if (node.wanted) names.push_back(pointer);
  for (PickNode& below : node.children) {
    std::string longer = pointer;
    append_token(longer, below.token);
    number(below, longer, names);
    node.leads_to_each |= below.leads_to_each;
  }
  node.last = names.size();
}

}  // namespace

const PickNode* PickNode::member(std::string_view key) const {
  for (const PickNode& below : children)
    if (below.token == key) return &below;
  return nullptr;
}

const PickNode* PickNode::element(std::size_t at) const {
  for (const PickNode& below : children)
    if (below.index == at) return &below;
  return nullptr;
}

PickPlan plan_picks(const std::vector<std::string>& names, const std::string& each) {
  PickPlan plan;
  plan.each = each;
  for (const std::string& name : names) {
    insert(plan.document, name).wanted = true;
    insert(plan.element, name).wanted = true;
  }
  // Last, so that its path does not change the order of the slots.
  insert(plan.document, each).each = true;
  std::vector<std::string> same_names;
  number(plan.document, "", plan.names);
  number(plan.element, "", same_names);
  return plan;
}

}  // namespace lamppost::formats
