// SPDX-License-Identifier: Apache-2.0
// Which of its ways of writing a destination is served with: the best one, or the next where the
// broker lacks it. The better ones are tried again now and then, because brokers get mended: after
// a minute, then after ever longer times, at last once a day.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "ngsi_ld/write_mode.h"

namespace lamppost::broker {

class Ladder {
 public:
  using Milliseconds = std::chrono::milliseconds;
  struct Times {
    Milliseconds first_look{60'000}, last_look{24LL * 3600 * 1000};
  };

  // Words of the configuration; without any, or with unknown ones only, "update".
  Ladder(const std::vector<std::string>& words, Times times);

  // A rung of an earlier life; 0 is the best.
  void stand_on(std::size_t rung, Milliseconds now);
  std::size_t rung() const { return standing_; }
  // The way to write now.
  ngsi_ld::WriteMode mode() const { return modes_[at_]; }

  // Before a batch is cut: is it time to try the best way again?
  void look_up(Milliseconds now);
  // The broker does not have mode(). False: nor any other; the next try begins with the best.
  bool fall();
  // mode() does its work. True: another one than before.
  bool works(Milliseconds now);

 private:
  std::vector<ngsi_ld::WriteMode> modes_;
  Times times_;
  std::size_t at_ = 0, standing_ = 0;
  Milliseconds look_every_, look_at_{0};
};

}  // namespace lamppost::broker
