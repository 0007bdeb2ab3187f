-- Dashboards that people arrange.
CREATE TABLE dashboards (
  project_id  INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  id          TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  description TEXT    NOT NULL,
  content     TEXT    NOT NULL,                    -- JSON: widgets, span of time, refresh
  widgets     INTEGER NOT NULL,                    -- how many
  version     INTEGER NOT NULL,                    -- rises with each change
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  updated_by  INTEGER REFERENCES users (id) ON DELETE SET NULL,
  PRIMARY KEY (project_id, id)
) STRICT, WITHOUT ROWID;
