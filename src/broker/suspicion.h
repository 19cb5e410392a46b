// SPDX-License-Identifier: Apache-2.0
// Are refusals the rows' own fault? A mistyped tenant, an expired role or a wrong @context must not
// empty the queue into the dead letters. So a row may die only
//   - while the broker stores others: one at least in the last ten minutes, and
//   - as long as its kind of refusal is rare: once more than 10 of the last 200 rows have died of
//     the same problem, rows refused for it keep their place instead, for a day. The operator is
//     told. If nothing has changed by then it was the rows after all, and they die again.
// The first row of a suspected kind that the broker takes clears the suspicion.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "core/batch.h"

namespace lamppost::broker {

class Suspicion {
 public:
  using Milliseconds = std::chrono::milliseconds;
  struct Times {
    Milliseconds trust_for{10LL * 60 * 1000};      // after a row was stored
    Milliseconds suspect_for{24LL * 3600 * 1000};  // a kind of refusal
  };

  explicit Suspicion(Times times) : times_(times) {}

  // `now`: monotonic, in every call.
  void stored(RowId row, Milliseconds now);
  // The broker refuses `row` for good; `kind` is the problem's type and title. May it die?
  bool may_die(RowId row, const std::string& kind, Milliseconds now);

  // Why nothing at all gets through, "" unless kSystemic different rows have been refused since one
  // was stored.
  std::string nothing_passes() const;
  // The kinds of refusal under suspicion, for people; "" when there are none.
  std::string suspected(Milliseconds now) const;
  // Once after a new suspicion: when the first row died that may have been innocent.
  std::optional<Milliseconds> take_news() { return std::exchange(news_, std::nullopt); }
  // True once after a suspicion was cleared.
  bool take_cleared() { return std::exchange(cleared_, false); }

 private:
  struct Deaths {
    int count = 0;
    Milliseconds first{0};
  };
  void note(std::size_t kind, Milliseconds now);
  void suspect_if_common(const std::string& kind, Milliseconds now);

  Times times_;
  Milliseconds stored_at_{-1};
  std::set<RowId> refused_;  // since a row was stored
  std::string last_kind_;
  std::array<std::size_t, 200> recent_{};  // hash of the kind a row died of, 0 = stored
  std::size_t next_ = 0;
  std::map<std::size_t, Deaths> deaths_;       // of recent_, by hash
  std::map<std::string, Milliseconds> kinds_;  // suspected, and until when
  std::set<RowId> kept_;                       // for a suspected kind
  std::optional<Milliseconds> news_;
  bool cleared_ = false;
};

inline constexpr std::size_t kSystemic = 20;

}  // namespace lamppost::broker
