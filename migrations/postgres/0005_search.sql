-- Searches that are kept by name.
CREATE TABLE views (
  project_id bigint NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  id         bigint NOT NULL,
  owner      bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name       text   NOT NULL,
  shared     bigint NOT NULL,                    -- 1: every member sees it
  settings   text   NOT NULL,                    -- JSON
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (project_id, id),
  UNIQUE (project_id, owner, name)
);
INSERT INTO counters VALUES ('views', 0);
