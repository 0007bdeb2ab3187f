-- What makes ingest trustworthy: settings, usage, acknowledgements, answers to
-- repeat, refused items, and counts of what came.

ALTER TABLE projects ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';  -- JSON, what differs from the defaults
ALTER TABLE projects ADD COLUMN plan     TEXT NOT NULL DEFAULT '';    -- '': the installation's default

-- Events stored, by calendar month of their arrival; written with the events.
CREATE TABLE usage (
  project_id INTEGER NOT NULL,
  month      INTEGER NOT NULL,                     -- 202611
  events     INTEGER NOT NULL,
  PRIMARY KEY (project_id, month)
) STRICT, WITHOUT ROWID;

-- Events of projects that refuse repeats, from their commit until their
-- acknowledgement has left for the sender. A repeat of one of these is a retry.
CREATE TABLE unacknowledged (
  event_hash BLOB    PRIMARY KEY,
  since      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The first answer to an `Idempotency-Key`.
CREATE TABLE idempotency (
  project_id   INTEGER NOT NULL,
  key_hash     BLOB    NOT NULL,                   -- SHA-256 of route and key
  body_hash    BLOB    NOT NULL,                   -- SHA-256 of the request's body
  status       INTEGER NOT NULL,
  content_type TEXT    NOT NULL,
  body         BLOB    NOT NULL,
  created_at   INTEGER NOT NULL,
  PRIMARY KEY (project_id, key_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE refused (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL,
  time       INTEGER NOT NULL,
  door       INTEGER NOT NULL,
  key_id     INTEGER NOT NULL,
  event_id   TEXT,
  reason     TEXT    NOT NULL,
  errors     TEXT    NOT NULL,                     -- JSON: [{loc, msg}]
  payload    TEXT,                                 -- as it was sent
  bytes      INTEGER NOT NULL                      -- of all the above
) STRICT;
CREATE INDEX refused_by_project ON refused (project_id, id);
CREATE INDEX refused_by_age ON refused (time);

CREATE TABLE ingest_minutes (
  project_id INTEGER NOT NULL,
  minute     INTEGER NOT NULL,                     -- minutes since the epoch
  door       INTEGER NOT NULL,
  key_id     INTEGER NOT NULL,
  sdk        TEXT    NOT NULL,
  requests   INTEGER NOT NULL,
  accepted   INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  refused    INTEGER NOT NULL,
  limited    INTEGER NOT NULL,
  bytes      INTEGER NOT NULL,
  PRIMARY KEY (project_id, minute, door, key_id, sdk)
) STRICT, WITHOUT ROWID;
CREATE INDEX ingest_minutes_by_age ON ingest_minutes (minute);

-- Written to learn whether the file can be written.
CREATE TABLE heartbeat (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  at INTEGER NOT NULL
) STRICT;
INSERT INTO heartbeat VALUES (1, 0);

-- The parts of events that come in parts (Langfuse's creates and updates), in
-- any order. The row in `events` is what they fold to.
CREATE TABLE event_parts (
  project_id INTEGER NOT NULL,
  event_hash BLOB    NOT NULL,
  part_hash  BLOB    NOT NULL,                     -- of the part's own id: a repeat changes nothing
  rank       INTEGER NOT NULL,                     -- creates before updates
  time       INTEGER NOT NULL,
  seq        INTEGER NOT NULL,                     -- the order of arrival
  json       TEXT    NOT NULL,
  PRIMARY KEY (project_id, event_hash, part_hash)
) STRICT, WITHOUT ROWID;
