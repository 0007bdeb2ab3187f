-- Input, output and attributes in one compressed value: engine/src/store/payload.
-- Rows from before keep theirs in the three columns, which are not written any more.
ALTER TABLE events ADD COLUMN payload BLOB;
