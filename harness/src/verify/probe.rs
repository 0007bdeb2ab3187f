//! Asks the server and keeps what it says.

use std::fmt;
use std::time::Duration;

use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use serde_json::Value;

use super::cli::VerifyArgs;
use crate::http::{BaseUrl, Client, HttpError};
use crate::ingest::reason;

/// Where one event is sent.
pub(super) const EVENTS: &str = "/api/v1/ingestion/events";
const TIMEOUT: Duration = Duration::from_secs(30);

/// A client of one project, in one run.
#[derive(Clone)]
pub(super) struct Probe {
    client: Client,
    pub(super) url: BaseUrl,
    pub(super) headers: [(HeaderName, HeaderValue); 2],
    run: String,
}

/// What was heard.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    /// Of the answer, if there was one.
    pub(super) status: Option<u16>,
    pub(super) headers: HeaderMap,
    /// As JSON, else null.
    body: Value,
    /// Why it is not 200.
    why: String,
}

impl Heard {
    /// Whether the answer was 200.
    pub(super) fn is_ok(&self) -> bool {
        self.status == Some(200)
    }

    /// The event's id in the answer.
    pub(super) fn event_id(&self) -> Option<&str> {
        self.body.get("event_id")?.as_str()
    }

    /// A number in the answer.
    pub(super) fn number(&self, field: &str) -> Option<u64> {
        self.body.get(field)?.as_u64()
    }

    /// The events in the answer.
    pub(super) fn events(&self) -> &[Value] {
        let events = self.body.get("events").and_then(Value::as_array);
        events.map(Vec::as_slice).unwrap_or_default()
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(200) => f.write_str("200"),
            Some(status) if self.why.is_empty() => write!(f, "{status}"),
            Some(status) => write!(f, "{status} ({})", self.why),
            None => f.write_str(&self.why),
        }
    }
}

impl Probe {
    /// # Errors
    /// When the key cannot be a header, or TLS cannot be set up.
    pub(super) fn new(args: &VerifyArgs) -> anyhow::Result<Self> {
        let mut key = HeaderValue::from_str(&args.api_key)?;
        key.set_sensitive(true);
        Ok(Self {
            client: Client::new(args.url.is_https(), TIMEOUT)?,
            url: args.url.clone(),
            headers: [
                (HeaderName::from_static("x-api-key"), key),
                (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            ],
            run: format!("{:016x}", fastrand::u64(..)),
        })
    }

    /// An id that no other run uses.
    pub(super) fn id(&self, name: &str) -> String {
        format!("{name}-{}", self.run)
    }

    /// Sends one event.
    pub(super) async fn post(&self, event: &Value) -> Heard {
        self.ask(Method::POST, EVENTS, event.to_string(), &[]).await
    }

    /// Sends a request.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: String,
        more: &[(HeaderName, HeaderValue)],
    ) -> Heard {
        let uri = match self.url.at(path) {
            Ok(uri) => uri,
            Err(error) => return Heard::silence(&error),
        };
        let headers: Vec<_> = self.headers.iter().chain(more).cloned().collect();
        match self.client.send(method, uri, &headers, body).await {
            Ok(answer) => Heard {
                status: Some(answer.status),
                why: if answer.status == 200 {
                    String::new()
                } else {
                    reason(&answer)
                },
                body: serde_json::from_slice(&answer.body).unwrap_or_default(),
                headers: answer.headers,
            },
            Err(error) => Heard::silence(&error),
        }
    }

    /// A client that gives up after a moment.
    pub(super) fn in_a_hurry(&self, patience: Duration) -> Result<Client, HttpError> {
        Client::new(self.url.is_https(), patience).map_err(|error| HttpError::Connect(error.to_string()))
    }
}

impl Heard {
    fn silence(why: &dyn fmt::Display) -> Self {
        Self {
            why: why.to_string(),
            ..Self::default()
        }
    }
}
