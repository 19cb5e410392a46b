// SPDX-License-Identifier: Apache-2.0
// JSON text (RFC 8259) to a tree. nlohmann/json reads; the bounds on hostile text and the sentences
// for people are ours.
//
// Nothing beyond the grammar is accepted: no comments, no trailing commas, no NaN, no invalid
// UTF-8, no lone surrogates, nothing behind the value. A byte order mark in front is skipped. Of a
// repeated key the last one wins. An integer beyond 64 bits becomes a real; a number beyond the
// range of reals is refused.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "drivers/formats/pointer.h"

namespace lamppost::formats {

// Arrays and objects within each other. Deeper text is refused as soon as the next bracket opens,
// so recursion over what was read is bounded.
inline constexpr std::size_t kMaxJsonDepth = 64;
// Values in one text, containers included: a tree takes some thirty times the memory of "{},{},".
inline constexpr std::size_t kMaxJsonValues = 200'000;

// The members of objects that some pointer may lead through or to, by their keys alone: more than
// needed is kept where a key is at home in several places, nothing that a pointer finds is missing.
class Branches {
 public:
  explicit Branches(const std::vector<Pointer>& pointers);

  struct Branch {
    std::string key;
    bool whole;  // all that lies below is wanted
  };
  bool all() const { return all_; }
  const Branch* find(std::string_view key) const;

 private:
  bool all_ = false;
  std::vector<Branch> branches_;  // few: what a mapping names
};

// All of the text is read and checked; members that are not among `branches` are not kept (null:
// all are). Errors say what stands at which byte (from 0) and what JSON would have there:
// `not JSON: unexpected "NaN" at byte 5, expected a number, "text", true, false or null`.
Result<Json> json_to_tree(std::string_view text, const Branches* branches = nullptr);

}  // namespace lamppost::formats
