-- Prices that projects set themselves, and the jobs that price the past again.

CREATE TABLE prices (
  project_id INTEGER NOT NULL,
  model      TEXT    NOT NULL,                     -- lower case
  provider   TEXT    NOT NULL,                     -- lower case; '': whoever sells it
  valid_from INTEGER NOT NULL,                     -- 0: always
  price      TEXT    NOT NULL,                     -- JSON: rates, tiers, source
  set_at     INTEGER NOT NULL,
  set_by     TEXT    NOT NULL,
  PRIMARY KEY (project_id, model, provider, valid_from)
) STRICT, WITHOUT ROWID;

-- The last job of each project that had one.
CREATE TABLE price_jobs (
  project_id      INTEGER PRIMARY KEY,
  state           INTEGER NOT NULL,                -- 1 running, 2 done, 3 cancelled, 4 failed
  models          TEXT    NOT NULL,                -- JSON list; []: all
  started_at      INTEGER NOT NULL,
  started_by      TEXT    NOT NULL,
  finished_at     INTEGER,
  seen            INTEGER NOT NULL,
  total           INTEGER NOT NULL,
  changed         INTEGER NOT NULL,
  difference_nano INTEGER NOT NULL,
  failures        INTEGER NOT NULL,                -- in a row
  error           TEXT,
  at_received     INTEGER NOT NULL,                -- the walk stands after this event,
  at_key          INTEGER NOT NULL,                -- in the order of arrival
  owner           TEXT    NOT NULL,                -- the server that does it, until then
  lease_until     INTEGER NOT NULL
) STRICT;

-- Model calls without a price, to be listed and counted. Hardly any event is
-- in it, so that it costs ingest next to nothing.
CREATE INDEX events_unpriced ON events (project_id, model) WHERE cost_source = 3;
