// SPDX-License-Identifier: Apache-2.0
// The vocabulary of the outbox tests.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "outbox/row.h"
#include "support/noise.h"
#include "support/temp_outbox.h"

namespace lamppost::outbox {

using std::chrono::milliseconds;
using Words = std::vector<std::string>;

inline constexpr milliseconds kNow{0};

// A payload that begins with `letter`, for a row that counts kRowBytes in memory and, packed,
// kPackedRowBytes on flash: noise does not shrink, and its packing has a frame.
inline constexpr std::uint64_t kRowBytes = 1000, kPackedRowBytes = kRowBytes + 15;
inline std::string filler(char letter, const std::string& entity) {
  return letter +
         pure_noise(kRowBytes - kRowOverhead - entity.size() - 1, static_cast<unsigned>(letter));
}
// What has room for ten of them on either shelf, and not for an eleventh. When rows are dropped, a
// hundredth of this is dropped beyond the need.
inline constexpr std::uint64_t kTenRows = 10 * kPackedRowBytes + 150;

inline Batch take(TempOutbox& box, std::size_t entities = 100,
                  const std::string& destination = "city") {
  return box->next_batch(destination, {entities, 512 << 10});
}

inline Words payloads(const Batch& batch) {
  Words words;
  for (const auto& row : batch.rows) words.push_back(row.payload);
  return words;
}

inline std::vector<RowId> ids(const Batch& batch) {
  std::vector<RowId> all;
  for (const auto& row : batch.rows) all.push_back(row.id);
  return all;
}

inline Verdict accepted(const Batch& batch) { return {ids(batch), {}, {}}; }
inline Verdict kept(const Batch& batch) { return {{}, {}, ids(batch)}; }
inline Verdict rejected(const Batch& batch, const std::string& reason = "BadRequestData") {
  Verdict verdict;
  for (const auto id : ids(batch)) verdict.rejected.push_back({id, reason, 400, "because"});
  return verdict;
}

inline Words queued(TempOutbox& box) {
  Words words;
  for (const auto& row : box->list(100'000)) words.push_back(row.payload);
  return words;
}

inline void check_balanced(const Totals& totals) {
  std::uint64_t rows = 0;
  for (const auto& [name, ledger] : totals.destinations) {
    CAPTURE(name);
    CHECK(ledger.stored ==
          ledger.delivered + ledger.queued + ledger.merged + ledger.dead + ledger.dropped);
    rows += ledger.queued;
  }
  CHECK(totals.rows == rows);
  for (const auto& [name, ledger] : totals.sources) {
    CAPTURE(name);
    CHECK(ledger.balanced());
  }
}

// The ledger's queue is what the shelves hold.
inline void check_balanced(TempOutbox& box) {
  const auto totals = box->totals();
  check_balanced(totals);
  CHECK(box->list(100'000).size() == totals.rows);
}

// Everything on flash.
inline Options durable_only() {
  Options options;
  options.power_loss_window = kNow;
  return options;
}

}  // namespace lamppost::outbox
