-- Prices that projects set themselves, and the jobs that price the past again.

CREATE TABLE prices (
  project_id bigint NOT NULL,
  model      text   NOT NULL,                      -- lower case
  provider   text   NOT NULL,                      -- lower case; '': whoever sells it
  valid_from bigint NOT NULL,                      -- 0: always
  price      text   NOT NULL,                      -- JSON: rates, tiers, source
  set_at     bigint NOT NULL,
  set_by     text   NOT NULL,
  PRIMARY KEY (project_id, model, provider, valid_from)
);

-- The last job of each project that had one.
CREATE TABLE price_jobs (
  project_id      bigint PRIMARY KEY,
  state           bigint NOT NULL,                 -- 1 running, 2 done, 3 cancelled, 4 failed
  models          text   NOT NULL,                 -- JSON list; []: all
  started_at      bigint NOT NULL,
  started_by      text   NOT NULL,
  finished_at     bigint,
  seen            bigint NOT NULL,
  total           bigint NOT NULL,
  changed         bigint NOT NULL,
  difference_nano bigint NOT NULL,
  failures        bigint NOT NULL,                 -- in a row
  error           text,
  at_received     bigint NOT NULL,                 -- the walk stands after this event,
  at_key          bigint NOT NULL,                 -- in the order of arrival
  owner           text   NOT NULL,                 -- the server that does it, until then
  lease_until     bigint NOT NULL
) WITH (fillfactor = 50);

-- Model calls without a price, to be listed and counted. Hardly any event is
-- in it, so that it costs ingest next to nothing.
CREATE INDEX events_unpriced ON events (project_id, model COLLATE "C", key) WHERE cost_source = 3;
