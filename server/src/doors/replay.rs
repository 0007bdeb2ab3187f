//! Sends refused items through their door again, after a fix: of ours, or of
//! a limit. What is refused again stays among the refused.

use eventglass_engine::ingest::{IngestError, NewEvent, Refused, Sender};
use eventglass_model::{Door, FieldError, ItemStatus, RefusedItem, ReplayOutcome, loc};

use crate::doors::gate::Reading;
use crate::doors::{cart, forge, langfuse, native, otlp, pulse};
use crate::state::AppState;

/// What an SDK is called in the counts of a replay.
const SDK: &str = "replay";

/// Replays some items of a project and forgets those that are stored now.
///
/// # Errors
/// When nothing could be taken; then nothing is forgotten.
pub async fn replay(state: &AppState, project_id: i64, items: Vec<RefusedItem>) -> Result<ReplayOutcome, IngestError> {
    let mut sum = ReplayOutcome::default();
    // Chronological: items come newest first.
    for item in items.into_iter().rev() {
        // The time at which it came, not that of the replay, is the time of an
        // event that has none.
        let reading = Reading::alone(item.time);
        let sender = Sender {
            project_id,
            key_id: 0,
            door: item.door,
            sdk: SDK.to_owned(),
        };
        let Some(payload) = &item.payload else {
            sum.rejected += 1;
            continue;
        };
        let outcome = if item.door == Door::Langfuse {
            let part = langfuse::reread(payload.get(), reading);
            state
                .ingest
                .merge(&sender, part.transpose().into_iter().collect())
                .await?
        } else {
            let event = reread(item.door, payload.get(), project_id, reading);
            state.ingest.submit(&sender, vec![event]).await?.outcome
        };
        match outcome.items.first().map(|item| item.status) {
            Some(ItemStatus::Accepted) => sum.accepted += 1,
            Some(ItemStatus::Duplicate | ItemStatus::Conflict) => sum.duplicates += 1,
            Some(ItemStatus::Rejected) | None => {
                sum.rejected += 1;
                continue;
            }
        }
        state.store.remove_refused(project_id, &[item.id], None).await?;
    }
    Ok(sum)
}

fn reread(door: Door, payload: &str, project_id: i64, reading: Reading) -> Result<NewEvent, Refused> {
    match door {
        Door::Native | Door::WatchLlm => native::read_event(payload, loc!["body"], reading),
        Door::PulseStream => pulse::read(payload, loc!["body"], reading),
        Door::CartNudge => cart::read(payload, loc!["body"], project_id, reading),
        Door::EvalForge => forge::read(payload, loc!["body"], reading),
        Door::Otlp => otlp::reread(payload, reading),
        Door::Langfuse => Err(no_payload()),
    }
}

fn no_payload() -> Refused {
    Refused {
        event_id: None,
        errors: vec![FieldError::new(
            loc!["body"],
            "what was sent is not there to be read again",
        )],
    }
}
