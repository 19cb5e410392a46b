// SPDX-License-Identifier: Apache-2.0
// Published payloads of real devices, which are not part of this tree: cases.json of a family in
// $LAMPPOST_CORPUS/payloads, by default ../shared/corpus beside the source tree.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/observation.h"
#include "core/result.h"

namespace lamppost::formats {

// Empty, with a printed message, when the corpus is not there.
std::vector<Json> corpus_cases(const std::string& family);

// Names of all sources there, sorted; empty when the corpus is not there.
std::vector<std::string> corpus_families();

std::string payload_of(const Json& corpus_case);
std::string topic_of(const Json& corpus_case);

// What became of the cases of one family.
class Tally {
 public:
  explicit Tally(std::string family) : family_(std::move(family)) {}

  void equal() { ++tried_, ++equal_; }
  void refused_as_expected() { ++tried_, ++refused_; }
  void different(const std::string& id, const std::string& reason);
  void check(const std::string& id, bool same, const std::string& reason);
  // Prints the line of the table. Fails for a difference that corpus_known.md does not explain, and
  // for one of this family explained there that is none.
  void finish() const;

 private:
  std::string family_;
  int tried_ = 0, equal_ = 0, refused_ = 0;
  std::vector<std::string> different_;  // ids
  std::string reasons_;
};

// Values of a group by name.
Json object_of(const ObservationGroup& group);

}  // namespace lamppost::formats
