//! Sends batches to the CartNudge door and reads what became of each event.

use std::time::Duration;

use http::header::{self, HeaderName, HeaderValue};
use http::{Method, Uri};
use hyper::body::Bytes;
use serde::Deserialize;
use tokio::time::Instant;

use super::plan::Plan;
use crate::http::{Answer, Backoff, Client, HttpError, retry_after};
use crate::ingest::reason;

/// Where batches go.
pub(super) struct Door {
    client: Client,
    uri: Uri,
    headers: [(HeaderName, HeaderValue); 2],
    retries: u32,
    single: bool,
}

/// What became of a batch.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// Events in it.
    pub(super) count: u32,
    /// Events that the server says it has.
    pub(super) stored: u32,
    /// Why not all of them.
    pub(super) error: Option<String>,
    /// The status of the last answer.
    pub(super) status: Option<u16>,
    /// Nobody listens there.
    pub(super) nobody: bool,
    /// Answers 429.
    pub(super) rate_limited: u32,
    /// Answers 503.
    pub(super) unavailable: u32,
    /// How often it was sent again.
    pub(super) sent_again: u32,
    /// From the moment it was due until it was sent.
    pub(super) late: Duration,
    /// From the moment it was due to its end.
    pub(super) latency: Duration,
    /// The last request alone.
    pub(super) service: Duration,
}

/// The parts of an answer that say what became of the events.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Said {
    success: bool,
    successful: Option<u32>,
    failed: Option<u32>,
    results: Vec<Item>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Item {
    success: bool,
    error: Option<String>,
}

impl Door {
    /// # Errors
    /// When the key cannot be a header, or TLS cannot be set up.
    pub(super) fn new(plan: &Plan) -> anyhow::Result<Self> {
        let mut key = HeaderValue::from_str(&plan.api_key)?;
        key.set_sensitive(true);
        let path = if plan.single {
            "/api/v1/events/ingest"
        } else {
            "/api/v1/events/ingest/batch"
        };
        Ok(Self {
            client: Client::new(plan.base_url.is_https(), plan.timeout)?,
            uri: plan.base_url.at(path)?,
            headers: [
                (HeaderName::from_static("x-api-key"), key),
                (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            ],
            retries: plan.retries,
            single: plan.single,
        })
    }

    /// Sends a batch of `count` events that was due at that moment. What was
    /// answered 429 or 503 is not stored and may be sent again; what was not
    /// answered may be stored, and is not.
    pub(super) async fn send(&self, body: Bytes, count: u32, due: Instant) -> Outcome {
        let mut outcome = Outcome {
            count,
            late: due.elapsed(),
            ..Outcome::default()
        };
        let mut backoff = Backoff::new(fastrand::Rng::new());
        loop {
            let sent = Instant::now();
            let answer = self
                .client
                .send(Method::POST, self.uri.clone(), &self.headers, body.clone())
                .await;
            outcome.service = sent.elapsed();
            outcome.latency = due.elapsed();
            outcome.hear(&answer, self.single);
            match &answer {
                Ok(answer) if matches!(answer.status, 429 | 503) && outcome.sent_again < self.retries => {
                    outcome.sent_again += 1;
                    tokio::time::sleep(backoff.wait(retry_after(&answer.headers))).await;
                }
                _ => return outcome,
            }
        }
    }
}

impl Outcome {
    fn hear(&mut self, answer: &Result<Answer, HttpError>, single: bool) {
        (self.stored, self.error) = match answer {
            Ok(answer) => {
                self.status = Some(answer.status);
                self.rate_limited += u32::from(answer.status == 429);
                self.unavailable += u32::from(answer.status == 503);
                verdict(answer, self.count, single)
            }
            Err(error) => {
                self.status = None;
                self.nobody = matches!(error, HttpError::Connect(_));
                (0, Some(error.to_string()))
            }
        };
    }
}

/// How many of `count` events are stored, and why not all of them.
fn verdict(answer: &Answer, count: u32, single: bool) -> (u32, Option<String>) {
    let status = answer.status;
    if !answer.is_success() {
        return (0, Some(format!("{status} {}", reason(answer))));
    }
    let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
    let stored = if single {
        Some(u32::from(said.success))
    } else if said.results.len() == count as usize {
        let stored = said.results.iter().filter(|item| item.success).count();
        u32::try_from(stored).ok()
    } else {
        let pair = said.successful.zip(said.failed);
        pair.filter(|(stored, failed)| stored.checked_add(*failed) == Some(count))
            .map(|(stored, _)| stored)
    };
    match stored {
        Some(stored) if stored == count => (stored, None),
        Some(stored) => {
            let first = said.results.into_iter().find_map(|item| item.error);
            let why = first.unwrap_or_else(|| reason(answer));
            (
                stored,
                Some(format!("{} of {count} events refused: {why}", count - stored)),
            )
        }
        None => (
            0,
            Some(format!(
                "{status}, and the answer does not say what became of the events"
            )),
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn judge(status: u16, body: &Value, count: u32, single: bool) -> (u32, Option<String>) {
        let answer = Answer {
            status,
            headers: http::HeaderMap::new(),
            body: body.to_string().into(),
        };
        verdict(&answer, count, single)
    }

    #[test]
    fn each_event_counts_for_itself() {
        let item = |success, error: Option<&str>| json!({"success": success, "error": error});
        let partly = json!({"success": true, "total": 3, "successful": 2, "failed": 1,
            "results": [item(true, None), item(false, Some("no user_id")), item(true, None)]});
        assert_eq!(
            judge(202, &partly, 3, false),
            (2, Some("1 of 3 events refused: no user_id".into()))
        );
        // Counts alone will do, if they add up.
        assert_eq!(judge(202, &json!({"successful": 3, "failed": 0}), 3, false), (3, None));
        for unclear in [json!({"successful": 3, "failed": 1}), json!({}), json!("thanks")] {
            let (stored, error) = judge(202, &unclear, 3, false);
            assert_eq!(stored, 0);
            assert!(error.unwrap().contains("does not say"));
        }
    }

    #[test]
    fn a_single_event_is_stored_when_the_answer_says_so() {
        let stored = json!({"success": true, "event_id": "1:u:cart.add:1"});
        assert_eq!(judge(202, &stored, 1, true), (1, None));
        assert_eq!(judge(202, &json!({}), 1, true).0, 0);
        let (stored, error) = judge(400, &json!({"detail": "Invalid topic 'x'"}), 1, true);
        assert_eq!((stored, error.as_deref()), (0, Some("400 Invalid topic 'x'")));
    }
}
