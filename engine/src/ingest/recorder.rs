//! Keeps what was refused, and counts what came, beside the hot path: both
//! are written every few seconds, in one transaction.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use eventglass_model::{FieldError, IngestCounts, Loc};

use crate::clock::SharedClock;
use crate::ingest::Sender;
use crate::store::{IngestMinute, NewRefused, SharedStore, StoreError};

/// The most bytes of refused items that wait to be written. What is beyond is
/// counted, not kept: a flood of garbage must not push out what is sound.
const WAITING_BYTES: usize = 8 << 20;
/// The largest payload that is kept whole.
const PAYLOAD_BYTES: usize = 1 << 20;
/// The longest reason, in bytes.
const REASON_BYTES: usize = 300;
/// The most errors of one item that are kept.
const ERRORS: usize = 20;

#[derive(Default)]
struct Waiting {
    minutes: HashMap<(i64, Sender), IngestCounts>,
    refused: Vec<NewRefused>,
    bytes: usize,
}

/// See the module.
pub struct Recorder {
    store: SharedStore,
    clock: SharedClock,
    waiting: Mutex<Waiting>,
}

impl Recorder {
    pub(crate) fn new(store: SharedStore, clock: SharedClock) -> Self {
        Self {
            store,
            clock,
            waiting: Mutex::default(),
        }
    }

    /// Counts what a request brought.
    pub fn count(&self, sender: &Sender, counts: &IngestCounts) {
        let minute = self.clock.now().micros().div_euclid(60_000_000);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting
            .minutes
            .entry((minute, sender.clone()))
            .or_default()
            .add(counts);
    }

    /// Keeps an item that was refused.
    pub fn refused(&self, sender: &Sender, event_id: Option<String>, mut errors: Vec<FieldError>, payload: Option<String>) {
        errors.truncate(ERRORS);
        let payload = payload.filter(|payload| payload.len() <= PAYLOAD_BYTES);
        let reason = reason(&errors);
        let errors = serde_json::to_string(&errors).unwrap_or_default();
        let bytes = payload.as_ref().map_or(0, String::len) + errors.len() + reason.len() + 100;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.bytes + bytes > WAITING_BYTES {
            metrics::counter!("eventglass_refused_not_kept_total").increment(1);
            return;
        }
        waiting.bytes += bytes;
        waiting.refused.push(NewRefused {
            project_id: sender.project_id,
            time: self.clock.now(),
            door: sender.door,
            key_id: sender.key_id,
            event_id,
            reason,
            errors,
            payload,
            bytes,
        });
    }

    /// Writes what waits. What could not be written waits on.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let taken = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if taken.minutes.is_empty() && taken.refused.is_empty() {
            return Ok(());
        }
        let minutes: Vec<IngestMinute> = taken
            .minutes
            .iter()
            .map(|((minute, sender), counts)| IngestMinute {
                minute: *minute,
                sender: sender.clone(),
                counts: *counts,
            })
            .collect();
        if let Err(error) = self.store.record_ingest(&minutes, &taken.refused).await {
            self.put_back(taken);
            return Err(error);
        }
        Ok(())
    }

    fn put_back(&self, taken: Waiting) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, counts) in taken.minutes {
            waiting.minutes.entry(name).or_default().add(&counts);
        }
        for item in taken.refused {
            if waiting.bytes + item.bytes > WAITING_BYTES {
                metrics::counter!("eventglass_refused_not_kept_total").increment(1);
                continue;
            }
            waiting.bytes += item.bytes;
            waiting.refused.push(item);
        }
    }
}

/// `event_type: field required`: the first error, without the place in the
/// batch, so that equal faults have equal reasons.
fn reason(errors: &[FieldError]) -> String {
    let Some(first) = errors.first() else {
        return "refused".to_owned();
    };
    let mut path = String::new();
    for step in &first.loc {
        if let Loc::Key(key) = step
            && key != "body"
            && key != "events"
        {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
        }
    }
    let reason = if path.is_empty() {
        first.msg.clone()
    } else {
        format!("{path}: {}", first.msg)
    };
    super::text::cut(&reason, REASON_BYTES).to_owned()
}
