-- Filters of parts of a commit: one of many events has some of most words
-- (engine/src/store/postgres/filters.rs). Smaller commits, and those from before, have none.
ALTER TABLE word_filters
  ADD COLUMN starts bigint[],                      -- the first key of each piece
  ADD COLUMN pieces bytea;                         -- their filters, all of one size
-- Read in slices of 64 bytes.
ALTER TABLE word_filters ALTER COLUMN pieces SET STORAGE EXTERNAL;
