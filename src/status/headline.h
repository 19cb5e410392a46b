// SPDX-License-Identifier: Apache-2.0
// The one sentence somebody under the lamppost wants: does it work, and if not, what is wrong.
#pragma once

#include <string>

#include "status/snapshot.h"

namespace lamppost::status {

enum class Level {
  kOk,       // nothing to do
  kWarning,  // nothing is lost, but somebody should look
  kBad,      // readings do not come in, or the books do not add up
};

struct Headline {
  Level level = Level::kOk;
  std::string title;  // "Working"
  std::string text;   // "2 sources connected, everything delivered"
};

// The worst there is to say, only that.
Headline headline(const Snapshot& snapshot);

const char* to_word(Level level);  // "ok", "warning", "bad": in JSON and as a class of the page

}  // namespace lamppost::status
