-- Events that took a second or longer have a word for how long (engine/src/ingest/words.rs).
-- Those that were stored before there were such words have keys below this one; NULL:
-- there are none.
ALTER TABLE projects ADD COLUMN words_from INTEGER;
UPDATE projects SET words_from = (SELECT max(key) + 1 FROM events);
