-- Searches that are kept by name.
CREATE TABLE views (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  owner      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name       TEXT    NOT NULL,
  shared     INTEGER NOT NULL,                     -- 1: every member sees it
  settings   TEXT    NOT NULL,                     -- JSON
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (project_id, owner, name)
) STRICT;
