// SPDX-License-Identifier: Apache-2.0
// The files of the outbox.
//
// Durable shelf, `outbox.path`: SQLite, WAL, synchronous=FULL; application_id 0x4C4D5031 ("LMP1"),
// user_version = number of migrations applied. Beside it `.lock`, held with flock(2) by the one
// process that writes. All times in milliseconds.
//
//   destinations  id, name: brokers get a number once and keep it
//   rows          the queue
//     key          destination id << 48 | row id: one broker's rows lie together, in order, and the
//                  queue of a broker that is away is never read on behalf of one that is not
//     entity       NGSI-LD id
//     payload      the entity as it will be sent, packed (packing.h); plain in rows of version 1
//     enqueued     UTC                  observed_at  UTC
//     born         outbox time (age_clock.h), for max_age
//     attempts     as of the last orderly stop
//     latest       1: a newer update of the entity merges into this row. An index holds these only.
//                  2: for the broker's history alone (enum RowKind)
//     priority     0 low, 1 normal, 2 high (core/priority.h). An index holds the low ones only
//     bytes        what the row counts against max_bytes: as it lies here
//   entities      which have had rows here since a start found none: lane is a destination id, an
//                empty entity stands for any (census.h)
//   queue         view of rows for people: broker, id, entity, ...
//   letters       dead letters, the fields of DeadLetter; bytes as above
//   unknowns      the inbox of unknown readings, newest of each source and topic
//   gaps          what was given up undelivered, the fields of Gap; the newest kMaxGaps
//   counters      the ledger: book (the number of `enum Book`), name, word, count; and what was
//                learned about brokers, as a book of its own
//   marks         one row:
//     instance     random, tells a journal that belongs to another database
//     reserved     row ids below this one may have been given out
//     transfer     number of transfers from the fresh shelf
//     moved        rows of the fresh shelf up to this id have arrived in the last transfer
//     age, wall    outbox time and UTC when last written
//
// Fresh shelf, `runtime_dir/fresh.journal`: journal.h. Also on tmpfs `fresh.journal.lock`.
#pragma once

#include <cstdint>

namespace lamppost::outbox {

inline constexpr std::int64_t kApplicationId = 0x4C4D5031;
inline constexpr int kKeyShift = 48;

// migrations[n] takes a database from user_version n to n + 1. Never edit one that was released.
struct Migrations {
  const char* const* steps;
  int count;
};
Migrations migrations();

}  // namespace lamppost::outbox
