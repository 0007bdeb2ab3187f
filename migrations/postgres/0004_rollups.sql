-- What events add up to: see docs/decisions, "Rollups in two steps".

-- What commits have added since the last fold, a row for each commit and
-- project, written with the events.
CREATE TABLE rollup_deltas (
  project_id bigint NOT NULL,
  number     bigint NOT NULL,
  data       bytea  NOT NULL,
  PRIMARY KEY (project_id, number)
);
-- The bytes are compressed already.
ALTER TABLE rollup_deltas ALTER COLUMN data SET STORAGE EXTERNAL;

-- A part of what there is of a span of time (engine/src/rollups/plan.rs).
CREATE TABLE rollups (
  project_id bigint NOT NULL,
  tier       bigint NOT NULL,                      -- 0 minutes, 1 hours, 2 days
  part       bigint NOT NULL,
  bucket     bigint NOT NULL,                      -- counted from the epoch
  data       bytea  NOT NULL,
  PRIMARY KEY (project_id, tier, part, bucket)
) WITH (fillfactor = 70);
ALTER TABLE rollups ALTER COLUMN data SET STORAGE EXTERNAL;

-- The series of a project: what the numbers in the blobs mean. They are never
-- given to another, even when all is counted anew.
CREATE TABLE rollup_series (
  project_id bigint NOT NULL,
  id         bigint NOT NULL,
  key        bytea  NOT NULL,
  last_day   bigint NOT NULL,                      -- the last day with events, since the epoch
  PRIMARY KEY (project_id, id)
);

-- Projects whose stored events are being counted anew; as yet, those that
-- have events from before there were rollups.
CREATE TABLE rollup_builds (
  project_id bigint PRIMARY KEY,
  through    bigint,                               -- events received until then; NULL: not begun
  next_key   bigint NOT NULL,                      -- events below it have been counted
  events     bigint NOT NULL                       -- how many
);
INSERT INTO rollup_builds SELECT id, NULL, 0, 0 FROM projects WHERE event_count > 0;
