// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace lamppost {

// A short list that still fails, out of one that does: leaves out halves, quarters and so on down
// to single steps, while `fails` says yes, at most `tries` times.
template <typename Step, typename Fails>
std::vector<Step> shrink(std::vector<Step> steps, const Fails& fails, int tries) {
  for (auto part = steps.size() / 2; part > 0; part /= 2) {
    bool shorter = true;
    while (shorter) {
      shorter = false;
      for (std::size_t at = 0; at < steps.size() && tries > 0;) {
        auto without = steps;
        const auto first = without.begin() + static_cast<std::ptrdiff_t>(at);
        const auto count = std::min(part, steps.size() - at);
        without.erase(first, first + static_cast<std::ptrdiff_t>(count));
        --tries;
        if (!without.empty() && fails(without)) {
          steps = std::move(without);
          shorter = true;
        } else {
          at += part;
        }
      }
    }
  }
  return steps;
}

}  // namespace lamppost
