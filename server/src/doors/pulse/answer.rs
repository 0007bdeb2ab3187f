//! PulseStream's answers to ingest.

use eventglass_model::{BatchOutcome, FieldError, ItemOutcome, ItemStatus, Loc, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// The answer to one event, and an entry of the answer to a batch.
#[derive(Serialize, ToSchema)]
#[schema(as = PulseStreamEventAnswer)]
pub(super) struct EventAnswer {
    success: bool,
    event_id: String,
    ingested_at: Timestamp,
    processing_status: &'static str,
    message: &'static str,
    errors: Option<Vec<String>>,
}

impl EventAnswer {
    pub(super) fn of(item: ItemOutcome, now: Timestamp) -> Self {
        let (success, processing_status, message) = match item.status {
            ItemStatus::Accepted => (true, "queued", "Event ingested successfully"),
            ItemStatus::Duplicate => (true, "queued", "Event already exists (idempotent)"),
            ItemStatus::Conflict => (false, "failed", "Event already exists"),
            ItemStatus::Rejected => (false, "failed", "Event validation failed"),
        };
        Self {
            success,
            event_id: item.event_id.unwrap_or_else(|| "unknown".to_owned()),
            ingested_at: now,
            processing_status,
            message,
            errors: (!item.errors.is_empty()).then(|| item.errors.iter().map(sentence).collect()),
        }
    }
}

/// The answer to a batch. Its own server spells the counts `*_events`, its
/// test script reads `*_count`: both are here.
#[derive(Serialize, ToSchema)]
#[schema(as = PulseStreamBatchAnswer)]
pub(super) struct BatchAnswer {
    batch_id: String,
    total_events: usize,
    successful_events: usize,
    failed_events: usize,
    total_count: usize,
    successful_count: usize,
    failed_count: usize,
    duplicate_count: usize,
    ingested_at: Timestamp,
    results: Vec<EventAnswer>,
    processing_status: &'static str,
}

impl BatchAnswer {
    pub(super) fn of(batch_id: String, outcome: BatchOutcome, now: Timestamp) -> Self {
        let total = outcome.items.len();
        let successful = outcome.accepted + outcome.duplicates;
        Self {
            batch_id,
            total_events: total,
            successful_events: successful,
            failed_events: outcome.rejected,
            total_count: total,
            successful_count: successful,
            failed_count: outcome.rejected,
            duplicate_count: outcome.duplicates,
            ingested_at: now,
            processing_status: match (successful, outcome.rejected) {
                (_, 0) => "completed",
                (0, _) => "failed",
                _ => "partial",
            },
            results: outcome
                .items
                .into_iter()
                .map(|item| EventAnswer::of(item, now))
                .collect(),
        }
    }
}

/// `source.service: field required`; the places of the item itself are left out.
pub(super) fn sentence(error: &FieldError) -> String {
    let inner = error
        .loc
        .iter()
        .rev()
        .take_while(|step| matches!(step, Loc::Key(key) if key != "body" && key != "events"));
    let mut path: Vec<&str> = inner
        .map(|step| match step {
            Loc::Key(key) => key.as_str(),
            Loc::Index(_) => "",
        })
        .collect();
    path.reverse();
    if path.is_empty() {
        error.msg.clone()
    } else {
        format!("{}: {}", name(&path.join(".")), error.msg)
    }
}

/// The pipeline names fields as the canonical event does.
fn name(field: &str) -> &str {
    match field {
        "time" => "timestamp",
        "kind" => "event_type",
        "name" => "title",
        other => other,
    }
}
