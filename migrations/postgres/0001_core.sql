-- The same tables as SQLite's, with three differences that Postgres asks for:
-- events lie in one partition a day; the ids of events are unique in a table of
-- their own, since an index of a partitioned table is unique within a partition
-- only; and the words of an event are a column.
--
-- Times are microseconds since the epoch, UTC. Hashes of secrets are SHA-256.
-- Keys are made by the program; there are no sequences. What belongs to a
-- project has a key that begins with it, so that it can be distributed by it.

-- The last ids that were given out. A row is locked for the rest of the transaction.
CREATE TABLE counters (
  name text   PRIMARY KEY,
  last bigint NOT NULL
);
INSERT INTO counters VALUES ('users', 0), ('projects', 0), ('api_keys', 0), ('refused', 0);

CREATE TABLE users (
  id            bigint PRIMARY KEY,
  email         text   NOT NULL UNIQUE,          -- lower case
  password_hash text   NOT NULL,                 -- PHC string, argon2id
  created_at    bigint NOT NULL
);

CREATE TABLE sessions (
  token_hash bytea  PRIMARY KEY,
  user_id    bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE projects (
  id            bigint PRIMARY KEY,              -- ids are in keys: never used twice
  slug          text   NOT NULL UNIQUE,
  name          text   NOT NULL,
  description   text   NOT NULL DEFAULT '',
  created_at    bigint NOT NULL,
  -- Kept in the transaction that writes the events, so always exact. The row
  -- is locked by that transaction from its beginning: see docs/decisions/0009.
  event_count   bigint NOT NULL DEFAULT 0,
  last_event_at bigint,
  settings      text   NOT NULL DEFAULT '{}',    -- JSON, what differs from the defaults
  plan          text   NOT NULL DEFAULT ''       -- '': the installation's default
) WITH (fillfactor = 50);                        -- updated at each commit: in place

CREATE TABLE members (
  project_id bigint NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id    bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role       text   NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  added_at   bigint NOT NULL,
  PRIMARY KEY (project_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id, project_id);

CREATE TABLE api_keys (
  id          bigint PRIMARY KEY,
  project_id  bigint NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name        text   NOT NULL DEFAULT '',
  prefix      text   NOT NULL,                   -- shown to people; finds the row
  secret_hash bytea  NOT NULL,
  created_at  bigint NOT NULL
);
CREATE INDEX api_keys_by_prefix ON api_keys (prefix);
CREATE INDEX api_keys_by_project ON api_keys (project_id, id);

-- Each id once in a project, whatever partition its event lies in.
CREATE TABLE event_ids (
  project_id bigint NOT NULL,
  event_hash bytea  NOT NULL,                    -- 128 bits of SHA-256 of (project_id, event_id)
  key        bigint NOT NULL,
  PRIMARY KEY (project_id, event_hash)
);

-- `key` orders by the event's own time (see engine/src/store/key.rs).
CREATE TABLE events (
  key            bigint NOT NULL,
  project_id     bigint NOT NULL,
  event_id       text   NOT NULL,
  event_hash     bytea  NOT NULL,
  time           bigint NOT NULL,
  received_at    bigint NOT NULL,                -- one value a commit, always rising in a project
  kind           text   NOT NULL,
  name           text,
  message        text,
  severity       bigint NOT NULL,
  status         bigint NOT NULL,
  service        text,
  endpoint       text,
  method         text,
  version        text,
  environment    text,
  topic          text,
  user_id        text,
  session_id     text,
  request_id     text,
  trace_id       text,
  span_id        text,
  parent_span_id text,
  duration_us    bigint,
  status_code    bigint,
  provider       text,
  model          text,
  tokens         text,                           -- JSON, disjoint buckets
  cost_nano_usd  bigint,
  cost_source    bigint,
  country        text,
  city           text,
  region         text,
  device         text,
  input          text,                           -- JSON, as the client wrote it
  output         text,
  attributes     text,
  -- Words of the human text, a word for each field that is filtered by, and
  -- one for the trace; no positions.
  words          tsvector NOT NULL,
  PRIMARY KEY (project_id, key)
) PARTITION BY RANGE (key);
CREATE INDEX events_by_arrival ON events (project_id, received_at);

-- Days are made as they come, and one ahead (engine/src/store/postgres/partitions.rs).
-- All that is older than a week before this installation shares one partition,
-- so that an import with odd times cannot make thousands of them. A default
-- partition would do too, but then no walk could go from day to day without sorting.
DO $$
DECLARE
  first date := (now() AT TIME ZONE 'UTC')::date - 7;
BEGIN
  EXECUTE format('CREATE TABLE events_before_%s PARTITION OF events FOR VALUES FROM (MINVALUE) TO (%s)',
    to_char(first, 'YYYYMMDD'), (first - date '1970-01-01')::bigint * 86400000000 * 1024);
  EXECUTE format('CREATE INDEX ON events_before_%s USING gin (words)', to_char(first, 'YYYYMMDD'));
END $$;

-- Events stored, by calendar month of their arrival; written with the events.
CREATE TABLE usage (
  project_id bigint NOT NULL,
  month      bigint NOT NULL,                    -- 202611
  events     bigint NOT NULL,
  PRIMARY KEY (project_id, month)
) WITH (fillfactor = 50);

-- Events of projects that refuse repeats, from their commit until their
-- acknowledgement has left for the sender. A repeat of one of these is a retry.
CREATE TABLE unacknowledged (
  event_hash bytea  PRIMARY KEY,
  since      bigint NOT NULL
);

-- The first answer to an `Idempotency-Key`.
CREATE TABLE idempotency (
  project_id   bigint NOT NULL,
  key_hash     bytea  NOT NULL,                  -- SHA-256 of route and key
  body_hash    bytea  NOT NULL,                  -- SHA-256 of the request's body
  status       bigint NOT NULL,
  content_type text   NOT NULL,
  body         bytea  NOT NULL,
  created_at   bigint NOT NULL,
  PRIMARY KEY (project_id, key_hash)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE refused (
  project_id bigint NOT NULL,
  id         bigint NOT NULL,
  time       bigint NOT NULL,
  door       bigint NOT NULL,
  key_id     bigint NOT NULL,
  event_id   text,
  reason     text   NOT NULL,
  errors     text   NOT NULL,                    -- JSON: [{loc, msg}]
  payload    text,                               -- as it was sent
  bytes      bigint NOT NULL,                    -- of all the above
  PRIMARY KEY (project_id, id)
);
CREATE INDEX refused_by_age ON refused (time);

CREATE TABLE ingest_minutes (
  project_id bigint NOT NULL,
  minute     bigint NOT NULL,                    -- minutes since the epoch
  door       bigint NOT NULL,
  key_id     bigint NOT NULL,
  sdk        text   NOT NULL,
  requests   bigint NOT NULL,
  accepted   bigint NOT NULL,
  duplicates bigint NOT NULL,
  refused    bigint NOT NULL,
  limited    bigint NOT NULL,
  bytes      bigint NOT NULL,
  PRIMARY KEY (project_id, minute, door, key_id, sdk)
);
CREATE INDEX ingest_minutes_by_age ON ingest_minutes (minute);

-- Written to learn whether the database can be written.
CREATE TABLE heartbeat (
  id bigint PRIMARY KEY CHECK (id = 1),
  at bigint NOT NULL
);
INSERT INTO heartbeat VALUES (1, 0);

-- The parts of events that come in parts (Langfuse's creates and updates), in
-- any order. The row in `events` is what they fold to.
CREATE TABLE event_parts (
  project_id bigint NOT NULL,
  event_hash bytea  NOT NULL,
  part_hash  bytea  NOT NULL,                    -- of the part's own id: a repeat changes nothing
  rank       bigint NOT NULL,                    -- creates before updates
  time       bigint NOT NULL,
  seq        bigint NOT NULL,                    -- the order of arrival
  json       text   NOT NULL,
  PRIMARY KEY (project_id, event_hash, part_hash)
);
