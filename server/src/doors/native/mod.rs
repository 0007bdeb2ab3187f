//! The native door: `POST /api/v1/events` and `/api/v1/events/batch`.
//!
//! Takes one event or many (an array, `{"events": [...]}`, or NDJSON), each
//! either flat ([`flat`]) or a WatchLLM envelope ([`envelope`]). Answers 202
//! with what became of each; 422 when every single one was refused.

mod body;
mod envelope;
mod flat;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{BatchOutcome, ItemStatus, Loc, Timestamp, loc};
use serde::Serialize;

use crate::doors::fields::Fields;
use crate::http::error::ApiError;
use crate::http::extract::{KeyProject, RawBody};
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/events", post(single))
        .route("/api/v1/events/batch", post(batch))
}

/// The outcome, and beside it what WatchLLM's clients read.
#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    outcome: BatchOutcome,
    #[serde(flatten)]
    watch: WatchAnswer,
}

/// Source: WatchLLM's ingest API; its e2e test reads the snake-case spelling.
#[derive(Serialize)]
#[serde(untagged)]
enum WatchAnswer {
    One {
        status: &'static str,
        #[serde(rename = "eventId")]
        event_id_camel: Option<String>,
        event_id: Option<String>,
        message: &'static str,
    },
    Many {
        status: &'static str,
        count: usize,
        event_ids: Vec<String>,
        message: String,
    },
}

async fn single(State(state): State<AppState>, project: KeyProject, request: Request) -> Result<Response, ApiError> {
    let body = RawBody::read(request, &state).await?;
    let now = state.clock.now();
    let event = read_event(body.text()?, loc!["body"], now);
    let mut outcome = submit(&state, project, vec![event]).await?;
    let Some(item) = outcome.items.first_mut() else {
        return Err(ApiError::internal("no outcome"));
    };
    if item.status == ItemStatus::Rejected {
        return Err(ApiError::invalid(std::mem::take(&mut item.errors)));
    }
    let id = item.event_id.clone();
    let message = match item.status {
        ItemStatus::Duplicate => "Event was received before",
        ItemStatus::Accepted | ItemStatus::Rejected => "Event received successfully",
    };
    let watch = WatchAnswer::One {
        status: "queued",
        event_id_camel: id.clone(),
        event_id: id,
        message,
    };
    Ok((StatusCode::ACCEPTED, Json(Answer { outcome, watch })).into_response())
}

async fn batch(State(state): State<AppState>, project: KeyProject, request: Request) -> Result<Response, ApiError> {
    let body = RawBody::read(request, &state).await?;
    let now = state.clock.now();
    let items = body::split(body.text()?)?;
    if items.len() > state.settings.batch_events {
        let detail = format!("a request may carry at most {} events", state.settings.batch_events);
        return Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too_many_events",
            detail,
        ));
    }
    let read = |item: body::Item<'_>| {
        item.json
            .map_or_else(|error| Err(refused(error)), |json| read_event(json, item.place, now))
    };
    let events = items.into_iter().map(read).collect();
    let outcome = submit(&state, project, events).await?;
    let stored = outcome.items.iter().filter(|item| item.status != ItemStatus::Rejected);
    let event_ids: Vec<String> = stored.filter_map(|item| item.event_id.clone()).collect();
    let nothing_stored = event_ids.is_empty() && !outcome.items.is_empty();
    let status = if nothing_stored {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::ACCEPTED
    };
    let count = event_ids.len();
    let watch = WatchAnswer::Many {
        status: "queued",
        count,
        event_ids,
        message: format!("Batch of {count} events queued"),
    };
    Ok((status, Json(Answer { outcome, watch })).into_response())
}

async fn submit(
    state: &AppState,
    KeyProject(project_id): KeyProject,
    events: Vec<Result<NewEvent, Refused>>,
) -> Result<BatchOutcome, ApiError> {
    Ok(state.ingest.submit(project_id, events).await?)
}

/// Makes an event of one item, flat or enveloped.
fn read_event(json: &str, place: Vec<Loc>, now: Timestamp) -> Result<NewEvent, Refused> {
    let fields = Fields::open(json, place).map_err(refused)?;
    if envelope::is_envelope(&fields) {
        envelope::read(fields, now)
    } else {
        flat::read(fields, now)
    }
}

fn refused(error: eventglass_model::FieldError) -> Refused {
    Refused {
        event_id: None,
        errors: vec![error],
    }
}
