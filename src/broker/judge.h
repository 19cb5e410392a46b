// SPDX-License-Identifier: Apache-2.0
// Turns the classification of an answer into what to tell the outbox and what to send again.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "broker/row_patience.h"
#include "core/batch.h"
#include "ngsi_ld/classifier.h"

namespace lamppost::broker {

// Rows that travel in one request: a batch, or what is left of one.
struct Part {
  std::vector<BatchRow> rows;
  // Asked again because the last answer did not name them; another 2xx counts as stored.
  bool asked_again = false;
};

// Every row of the part is in the verdict or in `again`, once.
struct Judgement {
  Verdict verdict;
  // The shortest time for which one of the kept rows is to be held back: a batch has only one, and
  // a row that is tried too early costs less than one that is tried too late.
  std::optional<std::chrono::milliseconds> hold;
  std::vector<Part> again;  // to be sent next, in this order, before anything else
  std::string systemic;     // "" or why dead-lettering has stopped

  void keep(RowId row, std::chrono::milliseconds at_least);
  // Adds what another part of the same batch came to.
  void add(Judgement other);
};

class Judge {
 public:
  explicit Judge(RowPatience::Times times) : patience_(times) {}

  // `now`: monotonic.
  Judgement judge(Part part, const ngsi_ld::Classification& answer, std::chrono::milliseconds now);

 private:
  void settle_row(const BatchRow& row, const ngsi_ld::RowOutcome& outcome, Judgement& result);
  void keep_or_end(const BatchRow& row, const ngsi_ld::RowOutcome& outcome, Judgement& result);
  void bury(const BatchRow& row, const ngsi_ld::RowOutcome& outcome, Judgement& result);
  void store(const BatchRow& row, Judgement& result);
  void keep_all(const Part& part, const ngsi_ld::Classification& answer, Judgement& result);

  RowPatience patience_;
  std::chrono::milliseconds now_{0};
  int dead_in_a_row_ = 0;
};

// So many refusals without one acceptance in between are not the rows' fault: a mistyped tenant or
// an expired role must not empty the queue into the dead letters.
inline constexpr int kSystemic = 20;

}  // namespace lamppost::broker
