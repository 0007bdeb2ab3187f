-- Users, sessions, projects, keys, events and their text.
-- Times are microseconds since the epoch, UTC. Hashes of secrets are SHA-256.

CREATE TABLE users (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  email         TEXT    NOT NULL UNIQUE,          -- lower case
  password_hash TEXT    NOT NULL,                 -- PHC string, argon2id
  created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  token_hash BLOB    PRIMARY KEY,
  user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE projects (
  id            INTEGER PRIMARY KEY AUTOINCREMENT, -- ids are in keys: never used twice
  slug          TEXT    NOT NULL UNIQUE,
  name          TEXT    NOT NULL,
  description   TEXT    NOT NULL DEFAULT '',
  created_at    INTEGER NOT NULL,
  -- Kept in the transaction that writes the events, so always exact.
  event_count   INTEGER NOT NULL DEFAULT 0,
  last_event_at INTEGER
) STRICT;

CREATE TABLE members (
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role       TEXT    NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  added_at   INTEGER NOT NULL,
  PRIMARY KEY (project_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user_id, project_id);

CREATE TABLE api_keys (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id  INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name        TEXT    NOT NULL DEFAULT '',
  prefix      TEXT    NOT NULL,                    -- shown to people; finds the row
  secret_hash BLOB    NOT NULL,
  created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX api_keys_by_prefix ON api_keys (prefix);
CREATE INDEX api_keys_by_project ON api_keys (project_id);

-- `key` orders by the event's own time (see engine/src/store/key.rs), so the
-- table, the project index and the text index all walk newest first.
CREATE TABLE events (
  key            INTEGER PRIMARY KEY,
  project_id     INTEGER NOT NULL,
  event_id       TEXT    NOT NULL,
  event_hash     BLOB    NOT NULL,                 -- 128 bits of SHA-256 of (project_id, event_id)
  time           INTEGER NOT NULL,
  received_at    INTEGER NOT NULL,                 -- one value a commit, always rising
  kind           TEXT    NOT NULL,
  name           TEXT,
  message        TEXT,
  severity       INTEGER NOT NULL,
  status         INTEGER NOT NULL,
  service        TEXT,
  endpoint       TEXT,
  method         TEXT,
  version        TEXT,
  environment    TEXT,
  topic          TEXT,
  user_id        TEXT,
  session_id     TEXT,
  request_id     TEXT,
  trace_id       TEXT,
  span_id        TEXT,
  parent_span_id TEXT,
  duration_us    INTEGER,
  status_code    INTEGER,
  provider       TEXT,
  model          TEXT,
  tokens         TEXT,                             -- JSON, disjoint buckets
  cost_nano_usd  INTEGER,
  cost_source    INTEGER,
  country        TEXT,
  city           TEXT,
  region         TEXT,
  device         TEXT,
  input          TEXT,                             -- JSON, as the client wrote it
  output         TEXT,
  attributes     TEXT
) STRICT;

-- An index ends with the rowid, which is `key`: this one is (project_id, key).
CREATE INDEX events_by_project ON events (project_id);
CREATE INDEX events_by_arrival ON events (project_id, received_at);
-- A hash, not the text: random text keys cost the writer more than all else.
CREATE UNIQUE INDEX events_by_event_id ON events (event_hash);

-- Words of the human text of an event, a word for each field that is filtered
-- by, and one for its trace. Contentless, no positions: a quarter of the full size.
CREATE VIRTUAL TABLE event_text USING fts5 (
  text, content = '', detail = none, columnsize = 0,
  tokenize = "unicode61 remove_diacritics 2"
);

-- Words gather in memory until a commit (16 MiB at most) and make one segment
-- each; segments are merged by eights, which halves what merging costs.
INSERT INTO event_text (event_text, rank) VALUES ('hashsize', 16777216);
INSERT INTO event_text (event_text, rank) VALUES ('automerge', 8);
