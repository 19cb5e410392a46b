// SPDX-License-Identifier: Apache-2.0
#include "broker/memory.h"

#include <string_view>

namespace lamppost::broker {
namespace {

constexpr char kAbout[] = "about";

// FNV-1a: the same number in every build, for as long as the file lives.
std::int64_t fingerprint(const config::Broker& broker) {
  std::uint64_t hash = 14695981039346656037U;
  const auto add = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    hash = (hash ^ 0xFFU) * 1099511628211U;
  };
  add(broker.url);
  add(broker.tenant);
  add(broker.profile);
  add(std::to_string(broker.max_bytes));
  for (const auto& mode : broker.modes) add(mode);
  return static_cast<std::int64_t>(hash >> 1U);
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
