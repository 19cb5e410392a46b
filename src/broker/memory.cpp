// SPDX-License-Identifier: Apache-2.0
#include "broker/memory.h"

#include "core/fingerprint.h"

namespace lamppost::broker {
namespace {

constexpr char kAbout[] = "about";

std::int64_t fingerprint(const config::Broker& broker) {
  Fingerprint about;
  about.add(broker.url).add(broker.tenant).add(broker.profile).add(broker.max_bytes);
  for (const auto& mode : broker.modes) about.add(mode);
  return static_cast<std::int64_t>(about.value() >> 1U);
}

}  // namespace

Memory::Memory(const config::Broker& broker, outbox::Outbox& outbox)
    : name_(broker.name), outbox_(outbox) {
  const auto about = fingerprint(broker);
  if (recall(kAbout) == about) return;
  for (const char* word :
       {learned::kMaxBytes, learned::kMode, learned::kGreeted, learned::kNoHistory})
    remember(word, 0);
  remember(kAbout, about);
}

}  // namespace lamppost::broker
