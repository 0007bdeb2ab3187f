-- The bits of a word in a filter are chosen otherwise (engine/src/store/postgres/bloom.rs):
-- some words shared nearly all of theirs with common ones. Filters of before would say no
-- where they should say yes. Without them their days are looked through, until these have
-- their index; that is today and perhaps yesterday.
TRUNCATE word_filters;
