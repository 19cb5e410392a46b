// SPDX-License-Identifier: Apache-2.0
// Turns the classification of an answer into what to tell the outbox and what to send again.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "broker/row_patience.h"
#include "broker/suspicion.h"
#include "core/batch.h"
#include "ngsi_ld/classifier.h"

namespace lamppost::broker {

// Rows that travel in one request: a batch, or what is left of one.
struct Part {
  std::vector<BatchRow> rows;
  // Asked again because the last answer did not name them; another 2xx counts as stored.
  bool asked_again = false;
};

// A row that the broker refuses for good, until Judge::decide() has looked at the whole batch.
struct Condemned {
  RowId row = 0;
  ngsi_ld::RowOutcome outcome;
};

// Every row of the part is in the verdict, among the condemned or in `again`, once.
struct Judgement {
  Verdict verdict;
  // The shortest time for which one of the kept rows is to be held back: a batch has only one, and
  // a row that is tried too early costs less than one that is tried too late.
  std::optional<std::chrono::milliseconds> hold;
  std::vector<Condemned> condemned;
  std::size_t let_go = 0;   // of those accepted: a registered source kept failing for them
  std::vector<Part> again;  // to be sent next, in this order, before anything else

  void keep(RowId row, std::chrono::milliseconds at_least);
  // Adds what another part of the same batch came to.
  void add(Judgement other);
};

class Judge {
 public:
  Judge(RowPatience::Times rows, Suspicion::Times refusals)
      : patience_(rows), suspicion_(refusals) {}

  // `now`: monotonic.
  Judgement judge(Part part, const ngsi_ld::Classification& answer, std::chrono::milliseconds now);
  // Once a batch has come to its end: which of the condemned die, and which are kept because the
  // broker or its settings may be to blame.
  void decide(Judgement& batch, std::chrono::milliseconds now);
  Suspicion& suspicion() { return suspicion_; }
  const Suspicion& suspicion() const { return suspicion_; }

 private:
  void settle_row(const BatchRow& row, const ngsi_ld::RowOutcome& outcome, Judgement& result);
  void keep_or_end(const BatchRow& row, const ngsi_ld::RowOutcome& outcome, Judgement& result);
  static void condemn(const BatchRow& row, const ngsi_ld::RowOutcome& outcome, Judgement& result);
  void store(const BatchRow& row, Judgement& result);
  void keep_all(const Part& part, const ngsi_ld::Classification& answer, Judgement& result);

  RowPatience patience_;
  Suspicion suspicion_;
  std::chrono::milliseconds now_{0};
};

}  // namespace lamppost::broker
