// SPDX-License-Identifier: Apache-2.0
// The flash fails at the Nth operation, for every N, while a full outbox makes room: what is
// neither queued nor dropped is nowhere, and the gaps tell as much as the counters.
#include "fault_words.h"
#include "outbox_words.h"
#include "support/noise.h"

namespace lamppost::outbox {
namespace {

// Returns false once N is beyond the last operation.
bool fail_nth(int n, Options options, const Trouble& trouble) {
  CAPTURE(n);
  options.drop_oldest = true;
  options.max_bytes = 3000;
  FaultVfs disk;
  TempOutbox box(options);
  bool failed = false;
  disk.set(fail_at(n, trouble.code, trouble.for_good, &failed), trouble.share);
  Words taken;
  for (int row = 0; row < 12; ++row) {
    const auto payload = std::to_string(row) + noise(400);
    if (box.put("urn:ngsi-ld:T:" + std::to_string(row % 4), payload)) taken.push_back(payload);
    box.clock.advance(milliseconds(500));
    box->maintain();
  }
  disk.heal();
  for (const bool reopened : {false, true}) {
    if (reopened) box.reopen();
    const auto there = queued(box);
    Words in_order;  // all of what was taken that is still there
    for (const auto& payload : taken)
      if (std::count(there.begin(), there.end(), payload) == 1) in_order.push_back(payload);
    CHECK(there == in_order);
    const auto totals = box->totals();
    const auto& ledger = totals.destinations.at("city");
    CHECK(ledger.stored == taken.size());
    CHECK(ledger.dropped == taken.size() - there.size());
    std::uint64_t missing = 0;
    for (const auto& gap : totals.gaps) missing += gap.rows;
    CHECK(missing == ledger.dropped);
    check_balanced(box);
  }
  return failed;
}

void fail_everywhere(const Options& options, const Trouble& trouble) {
  int n = 0;
  while (fail_nth(n, options, trouble)) ++n;
  CHECK(n > 10);
  tell_points(n, trouble);
}

}  // namespace

TEST_CASE("flash that fails while room is made loses nothing uncounted, on two shelves") {
  fail_everywhere({}, {SQLITE_IOERR, false, 0.5});
  fail_everywhere({}, {SQLITE_FULL, true, 0.001});
}

TEST_CASE("flash that fails while room is made loses nothing uncounted, on the durable shelf") {
  fail_everywhere(durable_only(), {SQLITE_IOERR, false, 0.5});
  fail_everywhere(durable_only(), {SQLITE_FULL, true, 0.5});
  fail_everywhere(durable_only(), {SQLITE_IOERR_WRITE, false, 0.999});
  fail_everywhere(durable_only(), {SQLITE_READONLY, true, 0});
}

}  // namespace lamppost::outbox
