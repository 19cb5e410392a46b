// SPDX-License-Identifier: Apache-2.0
// What a forwarder has learned about its destination, kept over a restart. It belongs to the broker
// it was learned from: another url, tenant, profile or limit in the configuration forgets it.
#pragma once

#include <cstdint>
#include <string>

#include "config/config.h"
#include "outbox/outbox.h"

namespace lamppost::broker {

class Memory {
 public:
  Memory(const config::Broker& broker, outbox::Outbox& outbox);

  // 0 = nothing learned.
  std::int64_t recall(const char* word) const { return outbox_.recall(name_, word); }
  void remember(const char* word, std::int64_t value) { outbox_.remember(name_, word, value); }

 private:
  std::string name_;
  outbox::Outbox& outbox_;
};

namespace learned {
inline constexpr char kMaxBytes[] = "max_bytes";    // of a body
inline constexpr char kMode[] = "mode";             // rung of the ladder
inline constexpr char kGreeted[] = "greeted";       // 1: this tenant has taken something already
inline constexpr char kNoHistory[] = "no_history";  // 1: refuses temporal writes
inline constexpr char kSuspectSince[] = "suspect_since";  // UTC ms: rows died that may be innocent
}  // namespace learned

}  // namespace lamppost::broker
