// SPDX-License-Identifier: Apache-2.0
// Remembers the rows that a broker refused for now: how often, and since when. Kept in memory only;
// after a restart a troubled row starts afresh, which costs a few requests.
#pragma once

#include <chrono>
#include <map>

#include "core/batch.h"
#include "ngsi_ld/classifier.h"

namespace lamppost::broker {

class RowPatience {
 public:
  using Milliseconds = std::chrono::milliseconds;
  struct Times {
    Milliseconds normal_base{2'000}, normal_cap{600'000};
    Milliseconds slow_base{30'000}, slow_cap{1'800'000};
    Milliseconds poison_age{6LL * 3600 * 1000};  // of a row that alone makes the broker fail
  };

  explicit RowPatience(Times times) : times_(times) {}

  // One more refusal. What becomes of the row now: kRetry, or what it has been promised in the end.
  ngsi_ld::RowFate refused(RowId row, const ngsi_ld::RowOutcome& outcome, Milliseconds now);
  // How long to hold the row back, after refused(): doubles with every refusal.
  Milliseconds hold(RowId row, ngsi_ld::Pace pace) const;
  // Refused many times over a long time while other rows got through.
  bool poison(RowId row, Milliseconds now) const;
  void accepted(RowId row, Milliseconds now);
  void forget(RowId row) { rows_.erase(row); }

 private:
  struct Trouble {
    int times = 0;
    Milliseconds since{0};
  };
  Times times_;
  std::map<RowId, Trouble> rows_;
  Milliseconds last_accepted_{-1};
};

}  // namespace lamppost::broker
