// SPDX-License-Identifier: Apache-2.0
// Request bodies that arrive in blocks (RFC 7959, 2.5, atomic processing), put together here and
// not by libcoap: version 4.3.1 hands a first block to the application as if it were the whole body
// when the sender gives no Size1, and lets a stranger make it allocate a gigabyte with one
// datagram.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "drivers/coap/request.h"

namespace lamppost::coap {

// How many bodies may be under way at once, and how long one waits for its next block.
constexpr std::size_t kMaxTransfers = 64;
constexpr std::chrono::seconds kTransferLifetime{247};  // EXCHANGE_LIFETIME, RFC 7252, 4.8.2

// Not thread-safe: belongs to the coap thread. Memory is bounded by what has really arrived: at
// most kMaxTransfers bodies and four times the largest body in total; the one that waits longest
// gives way, and its sender is told to start over (4.08).
class Bodies {
 public:
  Bodies(std::size_t max_body, const Clock& clock) : max_body_(max_body), clock_(clock) {}

  enum class Step {
    kContinue,    // stored, or seen before: 2.31
    kComplete,    // `body` holds everything
    kIncomplete,  // blocks before this one are missing: 4.08
    kTooLarge,    // 4.13
    kMalformed,   // the block's payload has another size than the block claims: 4.00
  };
  struct Progress {
    Step step;
    std::string body;
  };

  // One block of a body for `topic`. Blocks come in order, one at a time; the same sender may send
  // several bodies to one topic at once when it tells them apart by Request-Tag (RFC 9175, 3).
  Progress add(const Request& request, const Block& block, const std::string& topic);

  std::size_t transfers() const { return transfers_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Transfer {
    Endpoint remote;
    std::string topic;
    std::string request_tag;
    std::optional<std::uint32_t> content_format;
    std::uint16_t first_message_id;
    std::chrono::milliseconds touched;
    std::string body;
  };
  using Place = std::list<Transfer>::iterator;

  Place find(const Request& request, const std::string& topic);
  Place open(const Request& request, const std::string& topic);
  void append(Place transfer, std::string_view payload);
  std::string close(Place transfer);
  void drop_expired();
  void make_room(Place keep, std::size_t wanted);

  const std::size_t max_body_;
  const Clock& clock_;
  std::list<Transfer> transfers_;  // the one that waits longest first
  std::size_t bytes_ = 0;          // sum over all bodies
};

}  // namespace lamppost::coap
