// SPDX-License-Identifier: Apache-2.0
#include "status/headline.h"

#include <optional>

#include "status/words.h"

namespace lamppost::status {
namespace {

std::string first_unbalanced(const outbox::Totals& totals) {
  for (const auto& [name, ledger] : totals.destinations)
    if (!ledger.balanced()) return "destination " + name;
  for (const auto& [name, ledger] : totals.sources)
    if (!ledger.balanced()) return "source " + name;
  return "";
}

std::string described(const std::string& name, const std::string& reason) {
  return reason.empty() ? name : name + ": " + reason;
}

std::optional<Headline> what_is_bad(const Snapshot& now) {
  if (!now.totals.refusing.empty())
    return Headline{Level::kBad, "Refusing readings", now.totals.refusing};
  for (const auto& source : now.sources)
    if (!source.state.connected)
      return Headline{Level::kBad, "Source away", described(source.name, source.state.detail)};
  const auto unbalanced = first_unbalanced(now.totals);
  if (!unbalanced.empty())
    return Headline{Level::kBad, "Books do not add up", "Look at the sum of " + unbalanced};
  return {};
}

std::optional<Headline> what_needs_a_look(const Snapshot& now) {
  for (const auto& destination : now.destinations)
    if (destination.state.state == "backing off" || destination.state.state == "paused")
      return Headline{Level::kWarning, "Keeping readings",
                      described(destination.name, destination.state.reason) + ". " +
                          entities(now.totals.rows) + " wait here, none is lost"};
  if (!now.config_state.empty())
    return Headline{Level::kWarning, "Configuration refused",
                    "The one before it stays in force. " + now.config_state};
  if (!now.clock_trusted)
    return Headline{Level::kWarning, "Clock not trusted",
                    "No time server has set it; readings without a time of their own wait for one"};
  return {};
}

Headline all_is_well(const Snapshot& now) {
  const auto sources = count_words(now.sources.size(), "source") + " connected, ";
  const auto rows = now.totals.rows;
  return {Level::kOk, "Working",
          sources + (rows == 0 ? "everything delivered" : entities(rows) + " on the way")};
}

}  // namespace

Headline headline(const Snapshot& snapshot) {
  if (auto bad = what_is_bad(snapshot)) return *bad;
  if (auto look = what_needs_a_look(snapshot)) return *look;
  return all_is_well(snapshot);
}

const char* to_word(Level level) {
  return level == Level::kOk ? "ok" : level == Level::kWarning ? "warning" : "bad";
}

bool ready(const Snapshot& snapshot, std::string& why_not) {
  why_not.clear();
  if (!snapshot.totals.refusing.empty()) {
    why_not = "outbox refuses: " + snapshot.totals.refusing;
    return false;
  }
  for (const auto& source : snapshot.sources) {
    if (source.state.connected) continue;
    why_not = "source " + described(source.name, source.state.detail);
    return false;
  }
  return true;
}

}  // namespace lamppost::status
