-- Events lie in the order of their arrival, so that storing one fills the page
-- that the one before it is on; an index has their keys, which are in the order of
-- their times. See docs/decisions/0022-events-by-arrival.md.
--
-- What was stored until now is moved when the file is opened, some at a time
-- (engine/src/store/sqlite/upgrade.rs).
ALTER TABLE events RENAME TO events_before;
DROP INDEX events_by_project;
DROP INDEX events_by_arrival;
DROP INDEX events_unpriced;

CREATE TABLE events (
  arrival        INTEGER PRIMARY KEY,
  key            INTEGER NOT NULL,
  project_id     INTEGER NOT NULL,
  event_id       TEXT    NOT NULL,
  event_hash     BLOB    NOT NULL,                 -- 128 bits of SHA-256 of (project_id, event_id)
  time           INTEGER NOT NULL,
  received_at    INTEGER NOT NULL,                 -- one value a commit, always rising
  kind           TEXT    NOT NULL,
  name           TEXT,
  message        TEXT,
  severity       INTEGER NOT NULL,
  status         INTEGER NOT NULL,
  service        TEXT,
  endpoint       TEXT,
  method         TEXT,
  version        TEXT,
  environment    TEXT,
  topic          TEXT,
  user_id        TEXT,
  session_id     TEXT,
  request_id     TEXT,
  trace_id       TEXT,
  span_id        TEXT,
  parent_span_id TEXT,
  duration_us    INTEGER,
  status_code    INTEGER,
  provider       TEXT,
  model          TEXT,
  tokens         TEXT,                             -- JSON, disjoint buckets
  cost_nano_usd  INTEGER,
  cost_source    INTEGER,
  country        TEXT,
  city           TEXT,
  region         TEXT,
  device         TEXT,
  payload        BLOB,                             -- engine/src/store/payload
  -- As the client wrote them, of events from before there was `payload`.
  input          TEXT,
  output         TEXT,
  attributes     TEXT
) STRICT;

CREATE UNIQUE INDEX events_by_key ON events (key);
CREATE INDEX events_by_project ON events (project_id, key);
CREATE INDEX events_by_arrival ON events (project_id, received_at, key);
CREATE INDEX events_unpriced ON events (project_id, model, key) WHERE cost_source = 3;
