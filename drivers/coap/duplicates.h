// SPDX-License-Identifier: Apache-2.0
// Answers already given, so that a datagram that comes twice is stored once (RFC 7252, 4.5):
// libcoap runs the handler for every copy.
//
// A copy has the same sender, the same message id and the same contents. The contents count,
// because a sensor that restarts often starts over with the same message id: a new reading under an
// old id must not be taken for a copy. Copies of NON requests get the answer again too: whoever
// sends several copies expects loss, of answers as well.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <unordered_map>

#include "core/clock.h"
#include "drivers/coap/answer.h"

namespace lamppost::coap {

// RFC 7252, 4.8.2: how long a message id stays taken.
constexpr std::chrono::seconds kExchangeLifetime{247};  // confirmable
constexpr std::chrono::seconds kNonLifetime{145};       // non-confirmable

struct ExchangeKey {
  Endpoint remote;
  std::uint16_t message_id = 0;
  std::uint64_t contents = 0;  // hash over method, token, options and payload

  friend bool operator==(const ExchangeKey&, const ExchangeKey&) = default;
};

ExchangeKey key_of(const Request& request);

// Not thread-safe: belongs to the coap thread. Bounded: the oldest answer gives way, so at a rate
// of r readings a second copies are recognised for at least capacity / r seconds.
class Duplicates {
 public:
  explicit Duplicates(const Clock& clock, std::size_t capacity = 8192)
      : clock_(clock), capacity_(capacity) {}

  // nullptr when this is no copy. Valid until the next remember().
  const Answer* find(const ExchangeKey& key) const;
  void remember(const ExchangeKey& key, Answer answer, std::chrono::seconds lifetime);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    ExchangeKey key;
    Answer answer;
    std::chrono::milliseconds expires;
  };
  struct Hash {
    std::size_t operator()(const ExchangeKey& key) const;
  };

  void drop_oldest();

  const Clock& clock_;
  const std::size_t capacity_;
  std::deque<Entry> entries_;  // in the order of arrival; entry n has sequence number first_ + n
  std::uint64_t first_ = 0;
  std::unordered_map<ExchangeKey, std::uint64_t, Hash> sequence_of_;
};

}  // namespace lamppost::coap
