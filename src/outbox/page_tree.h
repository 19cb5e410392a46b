// SPDX-License-Identifier: Apache-2.0
// Which pages of a damaged SQLite file hold living records. What was deleted long ago still lies on
// pages that are free, so a page counts only when its parent lists it, or when its parent is broken
// and the pointer map (https://sqlite.org/fileformat2.html, section 1.8; every file with
// auto_vacuum has one) says it was its child. Either witness makes up for the other.
#pragma once

#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "outbox/btree_page.h"

namespace lamppost::outbox {

struct Leaf {
  static constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

  PageNumber number = 0, root = 0;
  // Only keys above `above` up to `through` belong here, as its parents say.
  std::int64_t above = kLowest, through = kHighest;
  std::int64_t first = 0, last = -1;  // the keys that are there
  bool broken = false;                // no page of a tree, or not the one it should be

  bool belongs(std::int64_t key) const { return key > above && key <= through; }
  bool inside() const { return first <= last && belongs(first) && belongs(last); }
};

class PageTree {
 public:
  explicit PageTree(PageFile& file);

  // Of all tables with integer keys; those of one table in its order, but for those that no parent
  // vouches for, which come after the others.
  const std::vector<Leaf>& leaves() const { return leaves_; }
  // Of all indices and tables without integer keys: leaves and interior pages, which both hold
  // records.
  const std::vector<PageNumber>& index_pages() const { return index_pages_; }
  // Pages that are part of a tree and can not be read, or only in part.
  std::size_t broken() const { return broken_.size(); }
  // The table of this root, "" when nobody knows.
  std::string name_of(PageNumber root) const;

 private:
  struct Claim {
    std::uint8_t type = 0;  // 0: the page of the map is no map
    PageNumber parent = 0;
  };
  struct Place {
    PageNumber number = 0, root = 0, parent = 0;
    std::int64_t above = Leaf::kLowest, through = Leaf::kHighest;
    int depth = 0;
  };
  void read_map();
  void read_names();
  std::vector<PageNumber> roots() const;
  void visit(const Place& place);
  void visit_children(const Place& place, const BtreePage& page);
  void visit_orphans();
  void note_leaf(const Place& place, const BtreePage& page);
  bool elsewhere(PageNumber child, PageNumber parent);
  bool lists(PageNumber parent, PageNumber child);
  void trust_order();

  PageFile& file_;
  std::vector<Claim> map_;
  std::vector<PageNumber> root_of_, parent_of_;  // as the trees say; 0: not yet seen
  std::set<PageNumber> broken_;
  std::map<PageNumber, std::string> names_;
  std::vector<Leaf> leaves_;
  std::vector<PageNumber> index_pages_;
};

}  // namespace lamppost::outbox
