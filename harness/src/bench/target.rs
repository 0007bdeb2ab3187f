//! What load is sent to: the doors of one project.

use std::time::Duration;

use http::header::{self, HeaderName, HeaderValue};
use http::{Method, Uri};
use hyper::body::Bytes;
use serde::Deserialize;

use super::bodies::Dialect;
use crate::http::{Answer, BaseUrl, Client};

/// A request that takes longer is an error.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Where to send events.
#[derive(Clone)]
pub(super) struct Target {
    client: Client,
    single: Uri,
    many: Uri,
    traces: Uri,
    headers: [(HeaderName, HeaderValue); 2],
    otlp_headers: [(HeaderName, HeaderValue); 2],
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
        let key = (HeaderName::from_static("x-api-key"), HeaderValue::from_str(api_key)?);
        let content = |kind| (header::CONTENT_TYPE, HeaderValue::from_static(kind));
        Ok(Self {
            client: Client::new(url.is_https(), TIMEOUT)?,
            single: url.at("/api/v1/ingestion/events")?,
            many: url.at("/api/v1/ingestion/events/batch")?,
            traces: url.at("/v1/traces")?,
            headers: [key.clone(), content("application/json")],
            otlp_headers: [key, content("application/x-protobuf")],
        })
    }

    /// Sends a body of `batch` events.
    ///
    /// # Errors
    /// Why it is not certain that all of them are stored.
    pub(super) async fn post(&self, body: Bytes, batch: usize, dialect: Dialect) -> Result<(), String> {
        let (uri, headers) = match dialect {
            Dialect::Pulse if batch > 1 => (&self.many, &self.headers),
            Dialect::Pulse => (&self.single, &self.headers),
            Dialect::Otlp => (&self.traces, &self.otlp_headers),
        };
        let answer = self.client.send(Method::POST, uri.clone(), headers, body).await;
        let answer = answer.map_err(|error| error.to_string())?;
        let stored = match dialect {
            Dialect::Pulse => is_stored(&answer, batch),
            // Full success is an empty message: no partial success, nothing refused.
            Dialect::Otlp => answer.status == 200 && answer.body.is_empty(),
        };
        if stored { Ok(()) } else { Err(complaint(&answer)) }
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
