// SPDX-License-Identifier: Apache-2.0
#include "core/suggest.h"

#include <algorithm>
#include <cctype>

namespace lamppost {
namespace {

constexpr std::size_t kMaxListed = 12;

std::string folded(std::string_view word) {
  std::string text;
  for (const char c : word)
    if (std::isalnum(static_cast<unsigned char>(c)))
      text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Damerau-Levenshtein (optimal string alignment): swapped letters count once.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string suggest(std::string_view word, const std::vector<std::string>& known) {
  const std::string meant = folded(word).substr(0, 64);
  const std::string* best = nullptr;
  std::size_t nearest = std::max<std::size_t>(1, meant.size() / 3) + 1;
  for (const auto& candidate : known) {
    const std::size_t apart = distance(meant, folded(candidate));
    if (apart < nearest) {
      nearest = apart;
      best = &candidate;
    }
  }
  if (best != nullptr) return "did you mean \"" + *best + "\"?";
  std::string listed;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i == kMaxListed) return listed + ", ...";
    listed += (i == 0 ? "known: " : ", ") + known[i];
  }
  return listed;
}

}  // namespace lamppost
