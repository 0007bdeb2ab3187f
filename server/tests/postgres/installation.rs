//! A database, servers on it, and a person who uses them.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use axum::http::{HeaderName, HeaderValue};
use eventglass_harness::server::{ServerProcess, Session};
use eventglass_model::CreatedProject;
use tempfile::TempDir;

use crate::cluster;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_eventglass");

/// A database of its own, and servers on it.
pub struct Installation {
    pub folder: TempDir,
    pub url: String,
    pub program: PathBuf,
}

impl Installation {
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// With settings that are not the defaults, by their names in the environment.
    pub fn with(settings: &[(&str, &str)]) -> Self {
        // By TCP, as most are: what stalls or breaks there does not on a Unix socket.
        let url = cluster::shared().over_tcp(&cluster::shared().database());
        Self::on(url, settings)
    }

    /// Of servers that reach the database by this URL.
    pub fn on(url: String, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The server inherits this process' environment, which nobody may change under others.
        let program = folder.path().join("eventglass");
        let mut script = format!("#!/bin/sh\nexport EVENTGLASS_DATABASE_URL='{url}'\n");
        for (name, value) in settings {
            script.push_str(&format!("export {name}='{value}'\n"));
        }
        script.push_str(&format!("exec '{PROGRAM}' \"$@\"\n"));
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, url, program }
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    pub async fn serve(&self) -> ServerProcess {
        let data = self.folder.path().join("data");
        ServerProcess::start(&self.program, &data, &self.log()).await.unwrap()
    }
}

pub fn headers(created: &CreatedProject) -> [(HeaderName, HeaderValue); 2] {
    [
        (HeaderName::from_static("x-api-key"), created.api_key.parse().unwrap()),
        (
            HeaderName::from_static("content-type"),
            HeaderValue::from_static("application/json"),
        ),
    ]
}

pub async fn found(session: &Session, project: i64, q: &str) -> Vec<String> {
    let page = session.events(project, &[("q", q)]).await.unwrap();
    page.items.into_iter().map(|event| event.event_id).collect()
}

/// How often each id is stored, by paging through everything.
pub async fn stored(session: &Session, project: i64) -> HashMap<String, usize> {
    let mut seen = HashMap::new();
    let mut cursor = String::new();
    loop {
        let mut query = vec![("limit", "1000")];
        if !cursor.is_empty() {
            query.push(("cursor", &cursor));
        }
        let page = session.events(project, &query).await.unwrap();
        for event in page.items {
            *seen.entry(event.event_id).or_default() += 1;
        }
        match page.next_cursor {
            Some(next) => cursor = next,
            None => return seen,
        }
    }
}
