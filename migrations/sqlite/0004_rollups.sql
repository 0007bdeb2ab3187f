-- What events add up to: see docs/decisions, "Rollups in two steps".

-- What commits have added since the last fold, a row for each commit and
-- project, written with the events. Numbers rise in the order of commits.
CREATE TABLE rollup_deltas (
  number     INTEGER PRIMARY KEY,
  project_id INTEGER NOT NULL,
  data       BLOB    NOT NULL
) STRICT;

-- Deltas up to this number are in `rollups`; moved in the transaction that puts them there.
CREATE TABLE rollup_state (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  folded INTEGER NOT NULL
) STRICT;
INSERT INTO rollup_state VALUES (1, 0);

-- A part of what there is of a span of time (engine/src/rollups/plan.rs).
CREATE TABLE rollups (
  project_id INTEGER NOT NULL,
  tier       INTEGER NOT NULL,                     -- 0 minutes, 1 hours, 2 days
  part       INTEGER NOT NULL,
  bucket     INTEGER NOT NULL,                     -- counted from the epoch
  data       BLOB    NOT NULL,
  PRIMARY KEY (project_id, tier, part, bucket)
) STRICT;

-- The series of a project: what the numbers in the blobs mean. They are never
-- given to another, even when all is counted anew.
CREATE TABLE rollup_series (
  project_id INTEGER NOT NULL,
  id         INTEGER NOT NULL,
  key        BLOB    NOT NULL,
  last_day   INTEGER NOT NULL,                     -- the last day with events, since the epoch
  PRIMARY KEY (project_id, id)
) STRICT, WITHOUT ROWID;

-- Projects whose stored events are being counted anew; as yet, those that
-- have events from before there were rollups.
CREATE TABLE rollup_builds (
  project_id INTEGER PRIMARY KEY,
  through    INTEGER,                              -- events received until then; NULL: not begun
  next_key   INTEGER NOT NULL,                     -- events below it have been counted
  events     INTEGER NOT NULL                      -- how many
) STRICT;
INSERT INTO rollup_builds SELECT id, NULL, 0, 0 FROM projects WHERE event_count > 0;
