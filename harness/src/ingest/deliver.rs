//! Sends batches until each event's fate is known.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue, Method, Uri, header};
use tokio::sync::{mpsc, watch};

use super::answer::{Fate, fate_of_single, fates_of_batch, fates_of_native, reason};
use super::progress::Progress;
use super::source::{Batch, Chunk};
use super::stats::Stats;
use crate::http::{Answer, Backoff, BaseUrl, Client, HttpError, retry_after};

/// How to send.
pub(super) struct Settings {
    pub(super) url: BaseUrl,
    pub(super) api_key: String,
    /// Events a request; 1 is the route for single events.
    pub(super) batch: usize,
    /// How often a request is sent before it is given up.
    pub(super) tries: u32,
    /// Pause of each sender after each request.
    pub(super) delay: Duration,
    /// Limit of one request.
    pub(super) timeout: Duration,
}

/// What the senders share.
pub(super) struct Delivery {
    client: Client,
    single: Uri,
    many: Uri,
    /// For events of the product's own shape.
    native: Uri,
    headers: [(HeaderName, HeaderValue); 2],
    tries: u32,
    delay: Duration,
    as_batches: bool,
    chunks: tokio::sync::Mutex<mpsc::Receiver<Chunk>>,
    stats: Mutex<Stats>,
    pub(super) progress: Progress,
    /// Set once, when a fault makes all further sending useless.
    stopped: watch::Sender<bool>,
    fault: Mutex<Option<anyhow::Error>>,
}

impl Delivery {
    pub(super) fn new(settings: &Settings, chunks: mpsc::Receiver<Chunk>, progress: Progress) -> anyhow::Result<Self> {
        let mut key = HeaderValue::from_str(&settings.api_key)?;
        key.set_sensitive(true);
        Ok(Self {
            client: Client::new(settings.url.is_https(), settings.timeout)?,
            single: settings.url.at("/api/v1/ingestion/events")?,
            many: settings.url.at("/api/v1/ingestion/events/batch")?,
            native: settings.url.at("/api/v1/events/batch")?,
            headers: [
                (HeaderName::from_static("x-api-key"), key),
                (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            ],
            tries: settings.tries,
            delay: settings.delay,
            as_batches: settings.batch > 1,
            chunks: tokio::sync::Mutex::new(chunks),
            stats: Mutex::new(Stats::new()?),
            progress,
            stopped: watch::Sender::new(false),
            fault: Mutex::new(None),
        })
    }

    /// The counts. The lock is never held while waiting.
    pub(super) fn stats(&self) -> MutexGuard<'_, Stats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why nothing more is sent, if something went wrong for all events alike.
    pub(super) fn take_fault(&self) -> Option<anyhow::Error> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// One sender: takes batches until there are no more.
    pub(super) async fn work(&self) {
        let mut stopped = self.stopped.subscribe();
        loop {
            let next = async { self.chunks.lock().await.recv().await };
            // The input may be a pipe that stays silent: a fault must not wait for it.
            let next = tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => return,
                next = next => next,
            };
            match next {
                None => return,
                Some(Err(error)) => self.stop(anyhow::Error::new(error).context("cannot read the events")),
                Some(Ok(batch)) => self.deliver(batch).await,
            }
            if !self.delay.is_zero() {
                tokio::time::sleep(self.delay).await;
            }
        }
    }

    fn stop(&self, why: anyhow::Error) {
        self.stopped.send_replace(true);
        self.fault
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(why);
    }

    async fn deliver(&self, batch: Batch) {
        let count = (batch.events.len() + batch.malformed.len()) as u64;
        {
            let mut stats = self.stats();
            stats.read += count;
            for reason in batch.malformed {
                stats.fail(reason);
            }
        }
        // Each shape has a door of its own.
        let (native, pulse) = batch.events.into_iter().partition(|event| is_native(event));
        let mut parts: Vec<(bool, Vec<String>)> = vec![(true, native), (false, pulse)];
        while let Some((native, mut events)) = parts.pop() {
            if events.is_empty() {
                continue;
            }
            let outcome = self.ask(native, &events).await;
            if matches!(&outcome, Ok(answer) if answer.status == 413) && events.len() > 1 {
                // Too large together, perhaps not apart.
                parts.push((native, events.split_off(events.len() / 2)));
                parts.push((native, events));
                continue;
            }
            let fates = self.judge(native, &outcome, events.len());
            let mut stats = self.stats();
            fates.into_iter().for_each(|fate| stats.settle(fate));
        }
        self.progress.advance(count, batch.bytes);
    }

    fn judge(&self, native: bool, outcome: &Result<Answer, HttpError>, count: usize) -> Vec<Fate> {
        match outcome {
            Ok(answer) => {
                if matches!(answer.status, 401 | 403) {
                    let why = reason(answer);
                    self.stop(anyhow::anyhow!(
                        "the server does not accept the API key: {} {why}",
                        answer.status
                    ));
                }
                if native {
                    fates_of_native(answer, count)
                } else if self.as_batches {
                    fates_of_batch(answer, count)
                } else {
                    vec![fate_of_single(answer); count]
                }
            }
            Err(error) => {
                self.stop(anyhow::anyhow!("gave up after {} tries: {error}", self.tries));
                let reason = error.to_string();
                vec![Fate::Refused { status: 0, reason }; count]
            }
        }
    }

    /// Sends, and sends again while the server asks for patience or cannot be reached.
    async fn ask(&self, native: bool, events: &[String]) -> Result<Answer, HttpError> {
        let body = self.body(native, events);
        let uri = match (native, self.as_batches) {
            (true, _) => &self.native,
            (false, true) => &self.many,
            (false, false) => &self.single,
        };
        let mut backoff = Backoff::new(fastrand::Rng::new());
        let mut tries = 0;
        loop {
            let sent = Instant::now();
            let outcome = self
                .client
                .send(Method::POST, uri.clone(), &self.headers, body.clone())
                .await;
            tries += 1;
            let mut asked = None;
            let again = match &outcome {
                Ok(answer) => {
                    self.stats().answered(answer.status, sent.elapsed());
                    asked = retry_after(&answer.headers);
                    matches!(answer.status, 429 | 502 | 503 | 504)
                }
                Err(error) => !matches!(error, HttpError::TooLarge),
            };
            let last = !again || tries >= self.tries || *self.stopped.borrow();
            self.stats().sent(last);
            if last {
                return outcome;
            }
            tokio::time::sleep(backoff.wait(asked)).await;
        }
    }

    fn body(&self, native: bool, events: &[String]) -> hyper::body::Bytes {
        if !self.as_batches && !native {
            return events.first().cloned().unwrap_or_default().into();
        }
        let length: usize = events.iter().map(|event| event.len() + 1).sum();
        let mut body = String::with_capacity(length + 16);
        body.push_str("{\"events\":[");
        for (n, event) in events.iter().enumerate() {
            if n > 0 {
                body.push(',');
            }
            body.push_str(event);
        }
        body.push_str("]}");
        body.into()
    }
}

/// Whether an event has the product's own shape, and not PulseStream's.
fn is_native(event: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Shape {
        kind: Option<serde::de::IgnoredAny>,
        event_type: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_str::<Shape>(event).is_ok_and(|shape| shape.kind.is_some() && shape.event_type.is_none())
}
