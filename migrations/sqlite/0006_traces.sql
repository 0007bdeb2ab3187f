-- Traces as lists show them: a row each, made of the events by themselves, in
-- the order of their arrival (engine/src/traces/fold.rs). Storing events costs
-- nothing for it. All of it can be made again from the events.

-- How far the events of a project have been taken into `traces`.
CREATE TABLE trace_folds (
  project_id INTEGER PRIMARY KEY,
  upto       INTEGER NOT NULL,                     -- received_at of the last commit taken
  pass       INTEGER NOT NULL                      -- counts passes: of two at once, one counts
) STRICT;

CREATE TABLE traces (
  id            INTEGER PRIMARY KEY,
  project_id    INTEGER NOT NULL,
  trace_hash    BLOB    NOT NULL,                  -- 128 bits of SHA-256 of (project_id, trace_id)
  trace_id      TEXT    NOT NULL,
  start         INTEGER NOT NULL,
  duration_us   INTEGER NOT NULL,
  spans         INTEGER NOT NULL,
  errors        INTEGER NOT NULL,
  tokens        INTEGER NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  unpriced      INTEGER NOT NULL,                  -- model calls without a known price
  name          TEXT    NOT NULL,
  user_id       TEXT,
  session_id    TEXT,
  environment   TEXT,
  services      TEXT    NOT NULL,                  -- each between two unit separators (U+001F)
  models        TEXT    NOT NULL,
  state         TEXT    NOT NULL                   -- JSON: engine/src/traces/state.rs
) STRICT;
CREATE UNIQUE INDEX traces_by_hash ON traces (project_id, trace_hash);
CREATE INDEX traces_by_start ON traces (project_id, start, trace_hash);
CREATE INDEX traces_by_user ON traces (project_id, user_id, start, trace_hash) WHERE user_id IS NOT NULL;
CREATE INDEX traces_by_session ON traces (project_id, session_id, start, trace_hash) WHERE session_id IS NOT NULL;

-- Traces whose events did not only become more: to be counted anew.
CREATE TABLE trace_marks (
  project_id INTEGER NOT NULL,
  number     INTEGER NOT NULL,                     -- always a new one, while there are any
  trace_hash BLOB    NOT NULL,
  trace_id   TEXT    NOT NULL,
  PRIMARY KEY (project_id, number, trace_hash)
) STRICT, WITHOUT ROWID;

-- Links to one trace that need no login.
CREATE TABLE trace_shares (
  token_hash BLOB    PRIMARY KEY,                  -- SHA-256 of the token
  project_id INTEGER NOT NULL,
  trace_hash BLOB    NOT NULL,
  trace_id   TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX trace_shares_by_trace ON trace_shares (project_id, trace_hash);
