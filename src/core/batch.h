// SPDX-License-Identifier: Apache-2.0
// What the outbox hands to a forwarder, and what the forwarder says became of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lamppost {

using RowId = std::int64_t;  // sequence number: grows with every row, never reused

struct BatchRow {
  RowId id = 0;
  std::string entity;     // NGSI-LD id
  std::string payload;    // the entity as normalized JSON, sent byte for byte
  int attempts = 0;       // how often it was sent before
  bool temporal = false;  // older than what the broker has: for its history alone
};

// Rows for one destination, one row per entity id, sorted by entity id (byte order) so that brokers
// take their locks in one order.
struct Batch {
  std::vector<BatchRow> rows;
  std::size_t bytes = 0;  // of the serialised array, brackets and commas included
  bool more = false;      // rows of these entities, or ones with no room here, still wait
};

struct Rejection {
  RowId row = 0;
  std::string reason;  // a word for metrics: "BadRequestData", "too_large"
  int status = 0;      // HTTP status, 0 when there was none
  std::string answer;  // the broker's own words, at most 8 KiB
};

// Every row of the batch is in exactly one list.
struct Verdict {
  std::vector<RowId> accepted;      // stored by the broker: delete
  std::vector<Rejection> rejected;  // never acceptable: dead letter
  std::vector<RowId> kept;          // leave in the queue, in place
};

}  // namespace lamppost
