// SPDX-License-Identifier: Apache-2.0
#include "broker/ladder.h"

#include <algorithm>

namespace lamppost::broker {

Ladder::Ladder(const std::vector<std::string>& words, Times times)
    : times_(times), look_every_(times.first_look) {
  for (const auto& word : words)
    if (const auto mode = ngsi_ld::write_mode(word)) modes_.push_back(*mode);
  if (modes_.empty()) modes_.push_back(ngsi_ld::WriteMode::kUpdate);
}

void Ladder::stand_on(std::size_t rung, Milliseconds now) {
  at_ = standing_ = std::min(rung, modes_.size() - 1);
  look_at_ = now + look_every_;
}

void Ladder::look_up(Milliseconds now) {
  if (at_ == 0 || now < look_at_) return;
  at_ = 0;
  look_every_ = std::min(times_.last_look, 4 * look_every_);
  look_at_ = now + look_every_;
}

bool Ladder::fall() {
  at_ = (at_ + 1) % modes_.size();
  return at_ != 0;
}

bool Ladder::works(Milliseconds now) {
  if (at_ == standing_) return false;
  standing_ = at_;
  look_every_ = times_.first_look;
  look_at_ = now + look_every_;
  return true;
}

}  // namespace lamppost::broker
