//! The client itself, on hyper: the load generator shares two cores with the
//! server that it measures, so every layer less is a truer figure.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// Largest answer that is read, in bytes.
pub const MAX_ANSWER: usize = 64 * 1_024 * 1_024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What the server said.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, whole.
    pub body: Bytes,
}

impl Answer {
    /// Whether the status is 2xx.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..300)
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HttpError {
    /// Nobody listens, the name is unknown, or the certificate is bad.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The connection broke: the server may or may not have acted on the request.
    #[error("connection lost: {0}")]
    Lost(String),
    /// No whole answer in time: the server may or may not have acted on the request.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The answer is larger than [`MAX_ANSWER`].
    #[error("the answer is too large")]
    TooLarge,
}

type Inner = legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Sends requests over connections that are kept alive; clones share them.
#[derive(Clone)]
pub struct Client {
    inner: Inner,
    timeout: Duration,
}

impl Client {
    /// A client whose requests each take at most `timeout`, connecting included.
    /// Only one for `https` loads certificates: the system's, else Mozilla's.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn new(https: bool, timeout: Duration) -> anyhow::Result<Self> {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(https)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let inner = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            // Below the usual idle limits of servers, so that they do not close first.
            .pool_idle_timeout(Duration::from_secs(20))
            .build(connector);
        Ok(Self { inner, timeout })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When there is no answer; any status is an answer.
    pub async fn send(
        &self,
        method: Method,
        uri: Uri,
        headers: &[(HeaderName, HeaderValue)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, HttpError> {
        let mut request = Request::new(Full::new(body.into()));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        let name = concat!("eventglass/", env!("CARGO_PKG_VERSION"));
        request
            .headers_mut()
            .insert(header::USER_AGENT, HeaderValue::from_static(name));
        request.headers_mut().extend(headers.iter().cloned());
        tokio::time::timeout(self.timeout, self.exchange(request))
            .await
            .unwrap_or(Err(HttpError::Timeout(self.timeout)))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Answer, HttpError> {
        let response = self.inner.request(request).await.map_err(|error| {
            if error.is_connect() {
                HttpError::Connect(innermost(&error))
            } else {
                HttpError::Lost(innermost(&error))
            }
        })?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                HttpError::TooLarge
            } else {
                HttpError::Lost(innermost(error.as_ref()))
            }
        })?;
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.to_bytes(),
        })
    }
}

/// The outer errors say "client error (Connect)"; the innermost says why.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn tls(https: bool) -> anyhow::Result<rustls::ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("no TLS version in common with the TLS library")?;
    if !https {
        return Ok(builder
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth());
    }
    let config = match builder.clone().with_native_roots() {
        Ok(native) => native.with_no_client_auth(),
        Err(_) => builder.with_webpki_roots().with_no_client_auth(),
    };
    Ok(config)
}
