//! What load is sent to: the PulseStream door of one project.

use std::time::Duration;

use http::header::{self, HeaderName, HeaderValue};
use http::{Method, Uri};
use hyper::body::Bytes;
use serde::Deserialize;

use crate::http::{Answer, BaseUrl, Client};

/// A request that takes longer is an error.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Where to send events.
#[derive(Clone)]
pub(super) struct Target {
    client: Client,
    single: Uri,
    many: Uri,
    headers: [(HeaderName, HeaderValue); 2],
}

/// The least that tells whether all of a request is stored; the rest of the
/// answer is skipped, as the client's time is the server's here.
#[derive(Deserialize)]
struct Verdict {
    success: Option<bool>,
    failed_count: Option<u64>,
}

impl Target {
    pub(super) fn new(url: &BaseUrl, api_key: &str) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::new(url.is_https(), TIMEOUT)?,
            single: url.at("/api/v1/ingestion/events")?,
            many: url.at("/api/v1/ingestion/events/batch")?,
            headers: [
                (HeaderName::from_static("x-api-key"), HeaderValue::from_str(api_key)?),
                (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            ],
        })
    }

    /// Sends a body of `batch` events.
    ///
    /// # Errors
    /// Why it is not certain that all of them are stored.
    pub(super) async fn post(&self, body: Bytes, batch: usize) -> Result<(), String> {
        let uri = if batch > 1 { &self.many } else { &self.single };
        let answer = self.client.send(Method::POST, uri.clone(), &self.headers, body).await;
        let answer = answer.map_err(|error| error.to_string())?;
        if is_stored(&answer, batch) {
            Ok(())
        } else {
            Err(complaint(&answer))
        }
    }
}

fn is_stored(answer: &Answer, batch: usize) -> bool {
    let verdict = serde_json::from_slice::<Verdict>(&answer.body);
    answer.status == 200
        && verdict.is_ok_and(|verdict| {
            if batch > 1 {
                verdict.failed_count == Some(0)
            } else {
                verdict.success == Some(true)
            }
        })
}

fn complaint(answer: &Answer) -> String {
    let text: String = String::from_utf8_lossy(&answer.body).chars().take(200).collect();
    format!("{}: {text}", answer.status)
}
