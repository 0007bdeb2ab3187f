-- What lets a search pass over the events of a day that has no index of words
-- yet: a Bloom filter of the words of each commit (engine/src/store/postgres/filters.rs).
-- The rows of a day go when it is over and has its index.
CREATE TABLE word_filters (
  project_id  bigint NOT NULL,
  day         bigint NOT NULL,                     -- of the events' keys, since the epoch
  received_at bigint NOT NULL,                     -- of the commit
  first_key   bigint NOT NULL,                     -- of its events of that day
  last_key    bigint NOT NULL,
  events      bigint NOT NULL,                     -- how many
  filter      bytea  NOT NULL,
  PRIMARY KEY (project_id, day, received_at)
);
-- Read in slices of 64 bytes.
ALTER TABLE word_filters ALTER COLUMN filter SET STORAGE EXTERNAL;
