-- On which days each project has events, and when the last of each day arrived. What
-- asks for events by their arrival or by their trace looks at those days alone: to
-- plan and to run a statement takes locks on every partition that it may read, and
-- on each of their indexes.
CREATE TABLE event_days (
  project_id bigint NOT NULL,
  day        bigint NOT NULL,                      -- since the epoch, of the event's own time
  last_at    bigint NOT NULL,                      -- received_at of the last commit that had one, or later
  PRIMARY KEY (project_id, day)
) WITH (fillfactor = 50);                          -- updated at each commit: in place

-- Every day that there is, of every project. That is too many, which costs a look
-- and hides nothing; to know better would be to read them all.
INSERT INTO event_days
SELECT p.id,
       to_date(right(c.relname, 8), 'YYYYMMDD') - date '1970-01-01'
         - CASE WHEN c.relname LIKE 'events_before_%' THEN 1 ELSE 0 END,
       p.last_event_at
FROM projects p
CROSS JOIN pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'events'::regclass AND p.last_event_at IS NOT NULL;
