// SPDX-License-Identifier: Apache-2.0
#include "outbox/page_tree.h"

#include <algorithm>

namespace lamppost::outbox {
namespace {

constexpr std::uint8_t kRoot = 1, kFree = 2, kChild = 5;  // types in the pointer map
constexpr std::size_t kClaimSize = 5;
constexpr PageNumber kPagesOfMap = kPageSize / kClaimSize + 1;  // with the page of the map itself
constexpr PageNumber kLockPage = (std::uint32_t{1} << 30) / kPageSize + 1;  // holds nothing
constexpr int kMaxDepth = 20;

PageNumber map_page_of(PageNumber page) {
  const PageNumber map = (page - 2) / kPagesOfMap * kPagesOfMap + 2;
  return map == kLockPage ? map + 1 : map;
}

}  // namespace

PageTree::PageTree(PageFile& file) : file_(file), root_of_(std::size_t{file.count()} + 1) {
  parent_of_.resize(root_of_.size());
  read_map();
  // The schema: its names are hints, and its numbers of roots a second witness.
  visit({1, 1, 0});
  read_names();
  std::erase_if(leaves_, [](const Leaf& leaf) { return leaf.root == 1; });
  for (const auto root : roots()) visit({root, root, 0});
  visit_orphans();
  trust_order();
}

// A page of the map is believed whole or not at all.
void PageTree::read_map() {
  map_.resize(std::size_t{file_.count()} + 1);
  for (PageNumber page = 2; page <= file_.count();) {
    const auto map = map_page_of(page);
    const auto bytes = file_.page(map);
    const auto end = std::min(file_.count(), map + kPagesOfMap - 1);
    bool sound = !bytes.empty();
    for (auto n = map + 1; sound && n <= end; ++n) {
      const auto at = kClaimSize * (n - map - 1);
      const Claim claim{static_cast<std::uint8_t>(bytes[at]), u32_at(bytes, at + 1)};
      const bool alone = claim.type == kRoot || claim.type == kFree;
      sound = n == kLockPage ||
              (claim.type >= kRoot && claim.type <= kChild &&
               (alone ? claim.parent == 0 : claim.parent > 0 && claim.parent <= file_.count()));
      map_[n] = claim;
    }
    if (!sound) std::fill(map_.begin() + map, map_.begin() + end + 1, Claim{});
    root_of_[map] = map;
    page = end + 1;
  }
}

void PageTree::read_names() {
  for (const auto& leaf : leaves_) {
    const auto bytes = file_.page(leaf.number);
    for (const auto& cell : parse_page(bytes, leaf.number).cells) {
      const auto record = record_of(file_, cell);
      const auto values = record ? values_of(*record) : std::vector<Value>{};
      if (!shape_of(values).starts_with("TTTI") || values[3].integer < 2) continue;
      if (values[3].integer > file_.count()) continue;
      const auto [at, is_new] = names_.emplace(values[3].integer, values[1].bytes);
      if (!is_new) at->second.clear();  // two tables can not have one root
    }
  }
}

std::string PageTree::name_of(PageNumber root) const {
  const auto found = names_.find(root);
  return found == names_.end() ? "" : found->second;
}

std::vector<PageNumber> PageTree::roots() const {
  std::vector<PageNumber> roots;
  for (PageNumber page = 3; page <= file_.count(); ++page)
    if (map_[page].type == kRoot) roots.push_back(page);
  for (const auto& [page, name] : names_)
    if (map_[page].type == 0) roots.push_back(page);
  return roots;
}

void PageTree::visit(const Place& place) {
  if (place.number < 1 || place.number > file_.count() || root_of_[place.number] != 0) return;
  if (place.depth > kMaxDepth) return;
  root_of_[place.number] = place.root;
  const auto bytes = file_.page(place.number);
  const auto page = parse_page(bytes, place.number);
  if (!page.whole) broken_.insert(place.number);
  switch (page.kind) {
    case BtreePage::Kind::kTableLeaf:
      return note_leaf(place, page);
    case BtreePage::Kind::kTableInterior:
      return visit_children(place, page);
    case BtreePage::Kind::kIndexInterior:
      index_pages_.push_back(place.number);
      return visit_children(place, page);
    case BtreePage::Kind::kIndexLeaf:
      index_pages_.push_back(place.number);
      return;
    case BtreePage::Kind::kNone:
      return note_leaf(place, page);
  }
}

void PageTree::note_leaf(const Place& place, const BtreePage& page) {
  Leaf leaf{place.number, place.root, place.above, place.through};
  leaf.broken = page.kind == BtreePage::Kind::kNone;
  if (leaf.broken) broken_.insert(place.number);
  if (!page.cells.empty()) {
    const auto [first, last] = std::minmax_element(
        page.cells.begin(), page.cells.end(),
        [](const Cell& left, const Cell& right) { return left.key < right.key; });
    leaf.first = first->key;
    leaf.last = last->key;
  }
  leaves_.push_back(leaf);
}

void PageTree::visit_children(const Place& place, const BtreePage& page) {
  auto above = place.above;
  const auto descend = [&](PageNumber child, std::int64_t through) {
    if (child < 1 || child > file_.count() || elsewhere(child, place.number)) {
      broken_.insert(place.number);
    } else {
      parent_of_[child] = place.number;
      visit({child, place.root, place.number, above, through, place.depth + 1});
    }
    above = through;
  };
  const bool keys = page.kind == BtreePage::Kind::kTableInterior;
  for (const auto& cell : page.cells) descend(cell.child, keys ? cell.key : Leaf::kHighest);
  descend(page.right, place.through);
}

// Whether the child is free, or another parent has it and the map says so too.
bool PageTree::elsewhere(PageNumber child, PageNumber parent) {
  const auto& claim = map_[child];
  if (claim.type == kFree || claim.type == kRoot) return true;
  if (claim.type != kChild || claim.parent == parent) return false;
  return lists(claim.parent, child);
}

bool PageTree::lists(PageNumber parent, PageNumber child) {
  const auto bytes = file_.page(parent);
  const auto page = parse_page(bytes, parent);
  return page.interior() && page.lists(child);
}

// Pages that the map gives to a parent that does not list them: something else lies in its place.
// Unless it is the page of the map in whose place something lies.
void PageTree::visit_orphans() {
  std::map<PageNumber, std::int64_t> credit;  // of pages of the map
  for (PageNumber page = 3; page <= file_.count(); ++page)
    if (parent_of_[page] != 0)
      credit[map_page_of(page)] +=
          map_[page].type == kChild && map_[page].parent == parent_of_[page] ? 1 : -1;
  for (PageNumber page = 3; page <= file_.count(); ++page) {
    const auto [type, parent] = map_[page];
    if (root_of_[page] != 0 || type != kChild || credit[map_page_of(page)] < 0) continue;
    if (lists(parent, page)) continue;  // comes with its parent, or not at all
    broken_.insert(parent);
    visit({page, root_of_[parent], parent});
  }
}

// When leaves lie in order among their neighbours, it is the parent's word that is wrong.
void PageTree::trust_order() {
  const auto neighbour = [this](std::size_t at, int step) -> const Leaf* {
    for (auto n = static_cast<std::ptrdiff_t>(at) + step;
         n >= 0 && n < static_cast<std::ptrdiff_t>(leaves_.size()); n += step) {
      const auto& leaf = leaves_[static_cast<std::size_t>(n)];
      if (leaf.root != leaves_[at].root) return nullptr;
      if (!leaf.broken && leaf.inside()) return &leaf;
    }
    return nullptr;
  };
  for (std::size_t n = 0; n < leaves_.size(); ++n) {
    auto& leaf = leaves_[n];
    if (leaf.broken || leaf.first > leaf.last || leaf.inside()) continue;
    const auto* before = neighbour(n, -1);
    const auto* after = neighbour(n, 1);
    if ((before == nullptr || before->last < leaf.first) &&
        (after == nullptr || leaf.last < after->first)) {
      leaf.above = Leaf::kLowest;
      leaf.through = Leaf::kHighest;
    }
  }
}

}  // namespace lamppost::outbox
