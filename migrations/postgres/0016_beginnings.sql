-- Filters know the beginnings of words, too (engine/src/store/postgres/bloom.rs). Those
-- that do not would hide what they were not told. Without them their days are looked
-- through, until these have their index; that is today and perhaps yesterday.
TRUNCATE word_filters;
