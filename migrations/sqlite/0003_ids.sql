-- The ids of events, found by a hash of 64 bits, in a table of their own that
-- is written in the order of the hash: see docs/decisions/0010-ids-in-runs.md.
-- An entry may be left over of an event that is gone: the row decides.
CREATE TABLE event_ids (
  hash BLOB    NOT NULL,                           -- the first 8 bytes of event_hash
  key  INTEGER NOT NULL,
  PRIMARY KEY (hash, key)
) STRICT, WITHOUT ROWID;
INSERT INTO event_ids SELECT substr(event_hash, 1, 8), key FROM events WHERE project_id > 0 ORDER BY 1, 2;
DROP INDEX events_by_event_id;

-- The ids of the latest commits, one row a commit, until they are in `event_ids`.
-- The newest row always stays.
CREATE TABLE recent_ids (
  number  INTEGER PRIMARY KEY,
  entries BLOB    NOT NULL                         -- 16 bytes each: hash, then key, big-endian
) STRICT;
