// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/bodies.h"

#include <algorithm>
#include <utility>

namespace lamppost::coap {
namespace {

// Every block but the last is full (RFC 7959, 2.2); the last holds at least one byte unless it is
// the only one.
bool fits(const Block& block, std::size_t payload) {
  if (block.more) return payload == block.size();
  return payload <= block.size() && (payload > 0 || block.number == 0);
}

}  // namespace

Bodies::Progress Bodies::add(const Request& request, const Block& block, const std::string& topic) {
  drop_expired();
  if (!fits(block, request.payload.size())) return {Step::kMalformed, ""};
  auto transfer = find(request, topic);
  const auto end = block.offset() + request.payload.size();
  if (end > max_body_ || request.size1.value_or(0) > max_body_) {
    if (transfer != transfers_.end()) close(transfer);
    return {Step::kTooLarge, ""};
  }
  if (block.number == 0) {
    // A copy of the first block changes nothing; another first block starts over (RFC 7959, 2.5).
    if (transfer != transfers_.end() && transfer->first_message_id == request.message_id &&
        transfer->body.starts_with(request.payload))
      return {Step::kContinue, ""};
    if (transfer != transfers_.end()) close(transfer);
    if (!block.more) return {Step::kComplete, std::string(request.payload)};
    transfer = open(request, topic);
  }
  if (transfer == transfers_.end() || transfer->content_format != request.content_format ||
      block.offset() > transfer->body.size())
    return {Step::kIncomplete, ""};
  if (block.offset() < transfer->body.size()) {
    const auto known = std::string_view(transfer->body).substr(block.offset());
    const bool copy = block.more && known.starts_with(request.payload);
    return {copy ? Step::kContinue : Step::kIncomplete, ""};
  }
  append(transfer, request.payload);
  if (block.more) return {Step::kContinue, ""};
  return {Step::kComplete, close(transfer)};
}

Bodies::Place Bodies::find(const Request& request, const std::string& topic) {
  return std::find_if(transfers_.begin(), transfers_.end(), [&](const Transfer& transfer) {
    return transfer.remote == request.remote && transfer.topic == topic &&
           transfer.request_tag == request.request_tag;
  });
}

Bodies::Place Bodies::open(const Request& request, const std::string& topic) {
  if (transfers_.size() >= kMaxTransfers) close(transfers_.begin());
  transfers_.push_back({request.remote, topic, std::string(request.request_tag),
                        request.content_format, request.message_id, clock_.monotonic(), ""});
  return std::prev(transfers_.end());
}

void Bodies::append(Place transfer, std::string_view payload) {
  transfers_.splice(transfers_.end(), transfers_, transfer);
  transfer->touched = clock_.monotonic();
  make_room(transfer, payload.size());
  transfer->body += payload;
  bytes_ += payload.size();
}

std::string Bodies::close(Place transfer) {
  auto body = std::move(transfer->body);
  bytes_ -= body.size();
  transfers_.erase(transfer);
  return body;
}

void Bodies::drop_expired() {
  const auto now = clock_.monotonic();
  while (!transfers_.empty() && transfers_.front().touched + kTransferLifetime <= now)
    close(transfers_.begin());
}

void Bodies::make_room(Place keep, std::size_t wanted) {
  while (bytes_ + wanted > 4 * max_body_ && transfers_.begin() != keep) close(transfers_.begin());
}

}  // namespace lamppost::coap
