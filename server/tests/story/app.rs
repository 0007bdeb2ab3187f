//! A server for one test, and the people who talk to it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use eventglass_engine::clock::{ManualClock, SharedClock};
use eventglass_engine::ingest::Ingest;
use eventglass_engine::store::SharedStore;
use eventglass_engine::store::sqlite::SqliteStore;
use eventglass_model::Timestamp;
use eventglass_server::AppState;
use eventglass_server::config::Settings;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::contract;

/// When the clock of every test server starts.
pub const NOON: &str = "2026-11-21T12:00:00.000000Z";

/// The router, its clock, and the folder it keeps its database in.
pub struct TestApp {
    router: Router,
    pub clock: Arc<ManualClock>,
    folder: Arc<TempDir>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {:?}", String::from_utf8_lossy(&self.body)))
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl TestApp {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With some settings that are not the defaults.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let clock = Arc::new(ManualClock::at(Timestamp::parse(NOON).unwrap()));
        Self {
            router: start(&folder, &clock, settings).await,
            clock,
            folder,
        }
    }

    /// With a settings file.
    pub async fn with_file(settings: &str) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let path = folder.path().join("eventglass.toml");
        std::fs::write(&path, settings).unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::parse(NOON).unwrap()));
        let settings = Settings::load(Some(&path), std::collections::HashMap::new()).unwrap();
        Self {
            router: serve(&folder, &clock, settings).await,
            clock,
            folder,
        }
    }

    /// Loses the answers that are kept for an `Idempotency-Key`.
    pub async fn forget_answers(&self) {
        let path = self.folder.path().join("test.db");
        let database = rusqlite::Connection::open(path).unwrap();
        database.execute("DELETE FROM idempotency", []).unwrap();
    }

    /// The same database behind a new server.
    pub async fn restarted(&self) -> Self {
        let (folder, clock) = (Arc::clone(&self.folder), Arc::clone(&self.clock));
        Self {
            router: start(&folder, &clock, &[]).await,
            clock,
            folder,
        }
    }

    /// Somebody without credentials.
    pub fn anonymous(&self) -> Caller {
        Caller {
            router: self.router.clone(),
            headers: HeaderMap::new(),
        }
    }

    /// Somebody who has just registered, with a Bearer token.
    pub async fn user(&self, name: &str) -> Caller {
        let credentials = json!({ "email": format!("{name}@example.com"), "password": "correct horse" });
        let session = self
            .anonymous()
            .post("/api/auth/register", &credentials)
            .await
            .expect(201);
        self.anonymous().with(
            "authorization",
            &format!("Bearer {}", session["token"].as_str().unwrap()),
        )
    }

    /// Somebody with a project, the project, and an SDK with its key.
    pub async fn project(&self, name: &str) -> (Caller, Value, Caller) {
        let user = self.user(&format!("owner-of-{name}")).await;
        let created = user
            .post("/api/v1/projects", &json!({ "name": name }))
            .await
            .expect(201);
        let sdk = self.anonymous().with("x-api-key", created["api_key"].as_str().unwrap());
        (user, created["project"].clone(), sdk)
    }
}

async fn start(folder: &TempDir, clock: &Arc<ManualClock>, settings: &[(&str, &str)]) -> Router {
    let environment = settings
        .iter()
        .map(|(name, value)| (format!("EVENTGLASS_{}", name.to_uppercase()), (*value).to_owned()))
        .collect();
    serve(folder, clock, Settings::load(None, environment).unwrap()).await
}

async fn serve(folder: &TempDir, clock: &Arc<ManualClock>, settings: Settings) -> Router {
    let store: SharedStore = Arc::new(SqliteStore::open(&folder.path().join("test.db")).await.unwrap());
    let clock: SharedClock = Arc::clone(clock) as SharedClock;
    let (ingest, _writer) = Ingest::start(
        Arc::clone(&store),
        Arc::clone(&clock),
        settings.limits(),
        settings.plans(),
    );
    eventglass_server::router(AppState::new(settings, store, clock, ingest, None).unwrap())
}

/// Somebody who sends requests, always with the same headers.
#[derive(Clone)]
pub struct Caller {
    router: Router,
    headers: HeaderMap,
}

impl Caller {
    /// The same caller with one more header.
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut caller = self.clone();
        caller.headers.insert(name, value.parse().unwrap());
        caller
    }

    /// What this caller sends in a header.
    pub fn header_value(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    /// The router, to be asked by other means.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    pub async fn send(&self, method: Method, path: &str, body: impl Into<Body>) -> Answer {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(path)
            .body(body.into())
            .unwrap();
        request.headers_mut().extend(self.headers.clone());
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 4711))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        };
        contract::of(&self.router).await.answered(&method, path, &answer);
        answer
    }

    /// Sends JSON.
    pub async fn send_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        let answer = self
            .with("content-type", "application/json")
            .send(method.clone(), path, body.to_string())
            .await;
        contract::of(&self.router).await.sent(&method, path, body, &answer);
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty()).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::PUT, path, body).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::POST, path, body).await
    }
}

/// The `event_id`s of a page of events.
pub fn event_ids(page: &Value) -> Vec<&str> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["event_id"].as_str().unwrap())
        .collect()
}
