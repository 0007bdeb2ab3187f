-- Dashboards that people arrange.
CREATE TABLE dashboards (
  project_id  bigint NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  id          text   NOT NULL,
  name        text   NOT NULL,
  description text   NOT NULL,
  content     text   NOT NULL,                     -- JSON: widgets, span of time, refresh
  widgets     bigint NOT NULL,                     -- how many
  version     bigint NOT NULL,                     -- rises with each change
  created_at  bigint NOT NULL,
  updated_at  bigint NOT NULL,
  updated_by  bigint REFERENCES users (id) ON DELETE SET NULL,
  PRIMARY KEY (project_id, id)
);
