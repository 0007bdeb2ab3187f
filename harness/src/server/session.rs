//! What a person does with a server: register, make a project, look.

use std::time::Duration;

use anyhow::{Context, bail};
use eventglass_model::{CreateProject, CreatedProject, Credentials, EventPage, Project, SessionToken, encode_pairs};
use http::header::{self, HeaderName, HeaderValue};
use http::{Method, Uri};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::http::{Answer, BaseUrl, Client};

const TIMEOUT: Duration = Duration::from_secs(30);
/// In which browsers keep the session's token.
const COOKIE: &str = "eg_session";

/// A logged-in user of the public API.
#[derive(Clone)]
pub struct Session {
    client: Client,
    url: BaseUrl,
    bearer: HeaderValue,
}

impl Session {
    /// Registers a new user and keeps the session.
    ///
    /// # Errors
    /// When the server refuses or cannot be reached.
    pub async fn register(url: &BaseUrl, email: &str, password: &str) -> anyhow::Result<Self> {
        let client = Client::new(url.is_https(), TIMEOUT)?;
        let mut session = Self {
            client,
            url: url.clone(),
            bearer: HeaderValue::from_static(""),
        };
        let credentials = Credentials {
            email: email.to_owned(),
            password: password.to_owned(),
        };
        let opened: SessionToken = session.post("/api/auth/register", &credentials).await?;
        session.bearer = HeaderValue::from_str(&format!("Bearer {}", opened.token))?;
        session.bearer.set_sensitive(true);
        Ok(session)
    }

    /// The same session with the same server at another address, as after a restart.
    #[must_use]
    pub fn moved_to(&self, url: &BaseUrl) -> Self {
        Self {
            url: url.clone(),
            ..self.clone()
        }
    }

    /// Makes a project.
    ///
    /// # Errors
    /// When the server refuses or cannot be reached.
    pub async fn create_project(&self, name: &str) -> anyhow::Result<CreatedProject> {
        let body = CreateProject {
            name: name.to_owned(),
            description: String::new(),
        };
        self.post("/api/v1/projects", &body).await
    }

    /// A project as it is now.
    ///
    /// # Errors
    /// When the server refuses or cannot be reached.
    pub async fn project(&self, id: i64) -> anyhow::Result<Project> {
        self.get(&format!("/api/v1/projects/{id}")).await
    }

    /// Takes away the limit on how many requests a key may send.
    ///
    /// # Errors
    /// When the server refuses or cannot be reached.
    pub async fn lift_limits(&self, project_id: i64) -> anyhow::Result<()> {
        let uri = self.url.at(&format!("/api/v1/projects/{project_id}/settings"))?;
        let body = r#"{"limits":{"key_requests_per_minute":null}}"#;
        self.call(Method::PATCH, uri, body.to_owned()).await.map(drop)
    }

    /// A page of a project's events; the pairs are those of the query string.
    ///
    /// # Errors
    /// When the server refuses or cannot be reached.
    pub async fn events(&self, project_id: i64, query: &[(&str, &str)]) -> anyhow::Result<EventPage> {
        self.get(&events_path(project_id, query)).await
    }

    /// The raw answer to the same question, for measuring: a client that
    /// shares its cores with the server had better not parse.
    ///
    /// # Errors
    /// When the server refuses or cannot be reached.
    pub async fn events_raw(&self, project_id: i64, query: &[(&str, &str)]) -> anyhow::Result<Answer> {
        self.call(
            Method::GET,
            self.url.at(&events_path(project_id, query))?,
            String::new(),
        )
        .await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let answer = self.call(Method::GET, self.url.at(path)?, String::new()).await?;
        serde_json::from_slice(&answer.body).with_context(|| format!("not the expected answer to GET {path}"))
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> anyhow::Result<T> {
        let body = serde_json::to_string(body)?;
        let answer = self.call(Method::POST, self.url.at(path)?, body).await?;
        serde_json::from_slice(&answer.body).with_context(|| format!("not the expected answer to POST {path}"))
    }

    /// The answer to `GET path`, whatever its status.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn look(&self, path: &str) -> anyhow::Result<Answer> {
        self.send(Method::GET, self.url.at(path)?, String::new()).await
    }

    /// The answer to `GET path` of a browser that is logged in, whatever its status.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn browse(&self, path: &str) -> anyhow::Result<Answer> {
        let token = self.bearer.as_bytes().strip_prefix(b"Bearer ").unwrap_or_default();
        let cookie = [COOKIE.as_bytes(), b"=", token].concat();
        let mut cookie = HeaderValue::from_bytes(&cookie)?;
        cookie.set_sensitive(true);
        let headers = [(header::COOKIE, cookie)];
        let uri = self.url.at(path)?;
        let answer = self.client.send(Method::GET, uri, &headers, String::new()).await;
        answer.with_context(|| format!("GET {path}"))
    }

    /// The answer to a request that changes something, with a body in JSON.
    ///
    /// # Errors
    /// When the server refuses or cannot be reached.
    pub async fn change(&self, method: Method, path: &str, body: String) -> anyhow::Result<Answer> {
        self.call(method, self.url.at(path)?, body).await
    }

    async fn send(&self, method: Method, uri: Uri, body: String) -> anyhow::Result<Answer> {
        let json = HeaderValue::from_static("application/json");
        let mut headers: Vec<(HeaderName, HeaderValue)> = vec![(header::CONTENT_TYPE, json)];
        if !self.bearer.is_empty() {
            headers.push((header::AUTHORIZATION, self.bearer.clone()));
        }
        let what = format!("{method} {}", uri.path());
        self.client.send(method, uri, &headers, body).await.context(what)
    }

    async fn call(&self, method: Method, uri: Uri, body: String) -> anyhow::Result<Answer> {
        let what = format!("{method} {}", uri.path());
        let answer = self.send(method, uri, body).await?;
        if !answer.is_success() {
            bail!(
                "{what} was answered {}: {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            );
        }
        Ok(answer)
    }
}

fn events_path(project_id: i64, query: &[(&str, &str)]) -> String {
    format!(
        "/api/v1/projects/{project_id}/events?{}",
        encode_pairs(query.iter().copied())
    )
}
