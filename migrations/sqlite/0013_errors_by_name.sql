-- Errors are counted by name (engine/src/rollups/family.rs). What was stored until
-- now is counted for that beside the work of the server, and nothing else of it
-- anew: days outlive their events.
ALTER TABLE rollup_builds ADD COLUMN family INTEGER;   -- the only one to be counted; NULL: all
-- Counts that are on their way begin again.
UPDATE rollup_builds SET through = NULL, next_key = 0, events = 0;
INSERT INTO rollup_builds SELECT id, coalesce(last_event_at, 0), 0, 0, 5 FROM projects WHERE event_count > 0
  ON CONFLICT DO NOTHING;
