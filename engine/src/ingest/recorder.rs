//! Keeps what was refused, and counts what came, beside the hot path: both
//! are written every few seconds, in one transaction.

use std::collections::{HashMap, HashSet};
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

/// Senders of one project that are told apart in one minute. Whoever invents
/// names for itself is counted with the others.
const SENDERS: usize = 64;
/// What those others are called.
const OTHERS: &str = "others";

#[derive(Default)]
struct Waiting {
    minutes: HashMap<(i64, Sender), IngestCounts>,
    /// Who was told apart in the last minute of each project.
    known: HashMap<i64, (i64, HashSet<Sender>)>,
    refused: Vec<NewRefused>,
    bytes: usize,
}

impl Waiting {
    /// The sender, or, when there are too many, the others.
    fn told_apart(&mut self, minute: i64, sender: &Sender) -> Sender {
        if !self.known.contains_key(&sender.project_id) {
            self.known.retain(|_, (of, _)| *of == minute);
        }
        let (of, known) = self.known.entry(sender.project_id).or_default();
        if *of != minute {
            *of = minute;
            known.clear();
        }
        if known.contains(sender) {
            return sender.clone();
        }
        if known.len() < SENDERS {
            known.insert(sender.clone());
            return sender.clone();
        }
        Sender {
            sdk: OTHERS.to_owned(),
            ..sender.clone()
        }
    }
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
        let sender = waiting.told_apart(minute, sender);
        waiting.minutes.entry((minute, sender)).or_default().add(counts);
    }

    /// Keeps an item that was refused.
    pub fn refused(
        &self,
        sender: &Sender,
        event_id: Option<String>,
        mut errors: Vec<FieldError>,
        payload: Option<String>,
    ) {
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
        let taken = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            Waiting {
                minutes: std::mem::take(&mut waiting.minutes),
                refused: std::mem::take(&mut waiting.refused),
                bytes: std::mem::take(&mut waiting.bytes),
                known: HashMap::new(),
            }
        };
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

#[cfg(test)]
mod tests {
    use eventglass_model::{Door, loc};

    use super::*;

    #[test]
    fn names_that_somebody_invents_are_counted_together() {
        let mut waiting = Waiting::default();
        let mut told = |minute, n: usize| {
            let sender = Sender {
                project_id: 1,
                key_id: 1,
                door: Door::Native,
                sdk: format!("sdk/{n}"),
            };
            waiting.told_apart(minute, &sender).sdk
        };
        for n in 0..SENDERS {
            assert_eq!(told(7, n), format!("sdk/{n}"));
        }
        assert_eq!((told(7, 999).as_str(), told(7, 3).as_str()), (OTHERS, "sdk/3"));
        assert_eq!(told(8, 999), "sdk/999", "a new minute");
    }

    #[test]
    fn equal_faults_have_equal_reasons() {
        let of = |place: usize| {
            reason(&[FieldError::new(
                loc!["body", "events", place, "source", "service"],
                "field required",
            )])
        };
        assert_eq!(of(1), "source.service: field required");
        assert_eq!(of(1), of(2));
        assert_eq!(reason(&[]), "refused");
        assert!(reason(&[FieldError::new(Vec::new(), "é".repeat(1_000))]).len() <= REASON_BYTES);
    }
}
