// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/duplicates.h"

#include <string_view>
#include <utility>

#include "core/fingerprint.h"

namespace lamppost::coap {
namespace {

std::uint64_t number_of(const std::optional<std::uint32_t>& option) {
  return option ? std::uint64_t{*option} : ~std::uint64_t{0};
}

}  // namespace

ExchangeKey key_of(const Request& request) {
  Fingerprint contents;
  contents.add(static_cast<std::uint64_t>(request.method));
  contents.add(request.token);
  for (const auto segment : request.path) contents.add(segment);
  contents.add(number_of(request.content_format));
  contents.add(number_of(request.block1));
  contents.add(request.request_tag);
  contents.add(request.payload);
  return {request.remote, request.message_id, contents.value()};
}

std::size_t Duplicates::Hash::operator()(const ExchangeKey& key) const {
  Fingerprint hash;
  hash.add(key.contents);
  hash.add((std::uint64_t{key.message_id} << 16) | key.remote.port);
  hash.add(std::string_view(reinterpret_cast<const char*>(key.remote.address.data()),
                            key.remote.address.size()));
  return static_cast<std::size_t>(hash.value());
}

const Answer* Duplicates::find(const ExchangeKey& key) const {
  const auto found = sequence_of_.find(key);
  if (found == sequence_of_.end()) return nullptr;
  const auto& entry = entries_[static_cast<std::size_t>(found->second - first_)];
  return entry.expires > clock_.monotonic() ? &entry.answer : nullptr;
}

void Duplicates::remember(const ExchangeKey& key, Answer answer, std::chrono::seconds lifetime) {
  const auto now = clock_.monotonic();
  while (!entries_.empty() && (entries_.size() >= capacity_ || entries_.front().expires <= now))
    drop_oldest();
  sequence_of_[key] = first_ + entries_.size();
  entries_.push_back({key, std::move(answer), now + lifetime});
}

void Duplicates::drop_oldest() {
  const auto known = sequence_of_.find(entries_.front().key);
  // The same key may have come back after its time and be indexed by its younger entry.
  if (known != sequence_of_.end() && known->second == first_) sequence_of_.erase(known);
  entries_.pop_front();
  ++first_;
}

}  // namespace lamppost::coap
