-- Traces as lists show them: a row each, made of the events by themselves, in
-- the order of their arrival (engine/src/traces/fold.rs). Storing events costs
-- nothing for it. All of it can be made again from the events.

-- The spans of a trace. The words of an event know its trace, too, but the day
-- of today may have no index of them (see docs/decisions/0009).
CREATE INDEX events_by_trace ON events (project_id, trace_id) WHERE trace_id IS NOT NULL;

-- How far the events of a project have been taken into `traces`.
CREATE TABLE trace_folds (
  project_id bigint PRIMARY KEY,
  upto       bigint NOT NULL,                      -- received_at of the last commit taken
  pass       bigint NOT NULL                       -- counts passes: of two at once, one counts
) WITH (fillfactor = 50);

CREATE TABLE traces (
  project_id    bigint NOT NULL,
  trace_hash    bytea  NOT NULL,                   -- 128 bits of SHA-256 of (project_id, trace_id)
  trace_id      text   NOT NULL,
  start         bigint NOT NULL,
  duration_us   bigint NOT NULL,
  spans         bigint NOT NULL,
  errors        bigint NOT NULL,
  tokens        bigint NOT NULL,
  cost_nano_usd bigint NOT NULL,
  unpriced      bigint NOT NULL,                   -- model calls without a known price
  name          text   NOT NULL,
  user_id       text,
  session_id    text,
  environment   text,
  services      text   NOT NULL,                   -- each between two unit separators (U+001F)
  models        text   NOT NULL,
  state         text   NOT NULL,                   -- JSON: engine/src/traces/state.rs
  PRIMARY KEY (project_id, trace_hash)
) WITH (fillfactor = 80);
CREATE INDEX traces_by_start ON traces (project_id, start, trace_hash);
CREATE INDEX traces_by_user ON traces (project_id, user_id, start, trace_hash) WHERE user_id IS NOT NULL;
CREATE INDEX traces_by_session ON traces (project_id, session_id, start, trace_hash) WHERE session_id IS NOT NULL;

-- Traces whose events did not only become more: to be counted anew.
CREATE TABLE trace_marks (
  project_id bigint NOT NULL,
  number     bigint NOT NULL,                      -- always a new one, while there are any
  trace_hash bytea  NOT NULL,
  trace_id   text   NOT NULL,
  PRIMARY KEY (project_id, number, trace_hash)
);

-- Links to one trace that need no login.
CREATE TABLE trace_shares (
  token_hash bytea  PRIMARY KEY,                   -- SHA-256 of the token
  project_id bigint NOT NULL,
  trace_hash bytea  NOT NULL,
  trace_id   text   NOT NULL,
  id         text   NOT NULL,
  created_at bigint NOT NULL,
  created_by text   NOT NULL
);
CREATE INDEX trace_shares_by_trace ON trace_shares (project_id, trace_hash);
