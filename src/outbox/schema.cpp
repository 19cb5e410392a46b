// SPDX-License-Identifier: Apache-2.0
#include "outbox/schema.h"

#include <iterator>

namespace lamppost::outbox {
namespace {

constexpr const char* kFirst = R"sql(
CREATE TABLE destinations (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE rows (
  key         INTEGER PRIMARY KEY,
  entity      TEXT    NOT NULL,
  payload     TEXT    NOT NULL,
  enqueued    INTEGER NOT NULL,
  observed_at INTEGER NOT NULL,
  born        INTEGER NOT NULL,
  attempts    INTEGER NOT NULL,
  latest      INTEGER NOT NULL,
  bytes       INTEGER NOT NULL
);
CREATE INDEX rows_latest ON rows (entity) WHERE latest = 1;
CREATE VIEW queue AS
  SELECT name AS broker, key & 0xFFFFFFFFFFFF AS id, entity, enqueued, observed_at, attempts,
         bytes, payload
  FROM rows JOIN destinations ON destinations.id = key >> 48;
CREATE TABLE letters (
  id           INTEGER PRIMARY KEY,
  destination  TEXT    NOT NULL,
  entity       TEXT    NOT NULL,
  reason       TEXT    NOT NULL,
  text         TEXT    NOT NULL,
  pointer      TEXT    NOT NULL,
  payload      TEXT    NOT NULL,
  source       TEXT    NOT NULL,
  topic        TEXT    NOT NULL,
  content_type TEXT    NOT NULL,
  reading      BLOB    NOT NULL,
  mapping      TEXT    NOT NULL,
  arrived      INTEGER NOT NULL,
  died         INTEGER NOT NULL,
  status       INTEGER NOT NULL,
  bytes        INTEGER NOT NULL
);
CREATE TABLE unknowns (
  id           INTEGER PRIMARY KEY,
  source       TEXT    NOT NULL,
  topic        TEXT    NOT NULL,
  content_type TEXT    NOT NULL,
  payload      BLOB    NOT NULL,
  text         TEXT    NOT NULL,
  count        INTEGER NOT NULL,
  first        INTEGER NOT NULL,
  last         INTEGER NOT NULL,
  UNIQUE (source, topic)
);
CREATE TABLE counters (
  book  INTEGER NOT NULL,
  name  TEXT    NOT NULL,
  word  TEXT    NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (book, name, word)
) WITHOUT ROWID;
CREATE TABLE marks (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  instance INTEGER NOT NULL,
  reserved INTEGER NOT NULL,
  transfer INTEGER NOT NULL,
  moved    INTEGER NOT NULL,
  age      INTEGER NOT NULL,
  wall     INTEGER NOT NULL
);
INSERT INTO marks VALUES (1, random(), 1, 0, 0, 0, 0);
)sql";

// Payloads are packed: nothing to show. Rows that are there stay as they are.
constexpr const char* kPacked = R"sql(
DROP VIEW queue;
CREATE VIEW queue AS
  SELECT name AS broker, key & 0xFFFFFFFFFFFF AS id, entity, enqueued, observed_at, attempts, bytes
  FROM rows JOIN destinations ON destinations.id = key >> 48;
)sql";

// Priorities, and a record of what was given up.
constexpr const char* kPriorities = R"sql(
ALTER TABLE rows ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
CREATE INDEX rows_low ON rows (priority) WHERE priority = 0;
DROP VIEW queue;
CREATE VIEW queue AS
  SELECT name AS broker, key & 0xFFFFFFFFFFFF AS id, entity, enqueued, observed_at, attempts,
         priority, bytes
  FROM rows JOIN destinations ON destinations.id = key >> 48;
CREATE TABLE gaps (
  id          INTEGER PRIMARY KEY,
  destination TEXT    NOT NULL,
  reason      TEXT    NOT NULL,
  types       TEXT    NOT NULL,
  count       INTEGER NOT NULL,
  began       INTEGER NOT NULL,
  ended       INTEGER NOT NULL,
  first       INTEGER NOT NULL,
  last        INTEGER NOT NULL
);
)sql";

// Whoever has rows in an older file is not known one by one.
constexpr const char* kEntities = R"sql(
CREATE TABLE entities (
  lane   INTEGER NOT NULL,
  entity TEXT    NOT NULL,
  PRIMARY KEY (lane, entity)
) WITHOUT ROWID;
INSERT INTO entities SELECT id, '' FROM destinations;
)sql";

// A row whose payload is sound may still have another entity or time than was written.
constexpr const char* kSums = R"sql(
ALTER TABLE rows ADD COLUMN sum INTEGER NOT NULL DEFAULT -1;
ALTER TABLE marks ADD COLUMN sum INTEGER NOT NULL DEFAULT -1;
)sql";

constexpr const char* kSteps[] = {kFirst, kPacked, kPriorities, kEntities, kSums};

}  // namespace

Migrations migrations() { return {kSteps, static_cast<int>(std::size(kSteps))}; }

}  // namespace lamppost::outbox
