//! The native door: `POST /api/v1/events` and `/api/v1/events/batch`.
//!
//! Takes one event or many (an array, `{"events": [...]}`, or NDJSON), each
//! either flat ([`flat`]) or a WatchLLM envelope ([`envelope`]). Answers 202
//! with what became of each; 422 when every single one was refused.

mod body;
mod envelope;
mod flat;

pub(super) use self::flat::{micros, nano_dollars};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use eventglass_engine::ingest::{IngestError, NewEvent, Refused};
use eventglass_model::{BatchOutcome, Door, ItemStatus, Loc, loc};
use serde::Serialize;

use crate::doors::fields::Fields;
use crate::doors::gate::{Dialect, Inbound, Reading, Refusal, receive};
use crate::http::error::ApiError;
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

/// Refusals as problems, as in the rest of the API.
struct Native;

impl Dialect for Native {
    const DOOR: Door = Door::Native;

    fn refuse(refusal: &Refusal, _: &HeaderMap) -> Response {
        let errors = match refusal {
            Refusal::Invalid(errors) => errors.clone(),
            _ => Vec::new(),
        };
        ApiError {
            errors,
            ..ApiError::new(refusal.status(), refusal.code(), refusal.sentence())
        }
        .into_response()
    }
}

async fn single(State(state): State<AppState>, request: Request) -> Response {
    receive::<Native, _, _>(state, request, one).await
}

async fn one(inbound: Inbound) -> Result<Response, Refusal> {
    let text = inbound.text()?;
    let event = read_event(text, loc!["body"], inbound.reading(0));
    let mut outcome = inbound.submit(vec![event], |_| Some(text.to_owned())).await?;
    let Some(item) = outcome.items.first_mut() else {
        return Err(Refusal::Internal("no outcome".to_owned()));
    };
    if item.status == ItemStatus::Rejected {
        return Err(Refusal::Invalid(std::mem::take(&mut item.errors)));
    }
    let id = item.event_id.clone();
    let message = match item.status {
        ItemStatus::Duplicate | ItemStatus::Conflict => "Event was received before",
        ItemStatus::Accepted | ItemStatus::Rejected => "Event received successfully",
    };
    let watch = WatchAnswer::One {
        status: "queued",
        event_id_camel: id.clone(),
        event_id: id,
        message,
    };
    Ok((status_of(&outcome), Json(Answer { outcome, watch })).into_response())
}

async fn batch(State(state): State<AppState>, request: Request) -> Response {
    receive::<Native, _, _>(state, request, many).await
}

async fn many(inbound: Inbound) -> Result<Response, Refusal> {
    let items = body::split(inbound.text()?)?;
    let most = inbound.state.settings.batch_events;
    if items.len() > most {
        let got = items.len();
        return Err(IngestError::TooManyEvents { most, got }.into());
    }
    let payloads: Vec<Option<&str>> = items.iter().map(|item| item.json.as_ref().ok().copied()).collect();
    let read = |(n, item): (usize, body::Item<'_>)| {
        item.json.map_or_else(
            |error| Err(refused(error)),
            |json| read_event(json, item.place, inbound.reading(n)),
        )
    };
    let events = items.into_iter().enumerate().map(read).collect();
    let outcome = inbound
        .submit(events, |n| payloads.get(n).copied().flatten().map(str::to_owned))
        .await?;
    let stored = outcome.items.iter().filter(|item| item.status != ItemStatus::Rejected);
    let event_ids: Vec<String> = stored.filter_map(|item| item.event_id.clone()).collect();
    let count = event_ids.len();
    let watch = WatchAnswer::Many {
        status: "queued",
        count,
        event_ids,
        message: format!("Batch of {count} events queued"),
    };
    Ok((status_of(&outcome), Json(Answer { outcome, watch })).into_response())
}

/// 202; 409 for nothing but repeats in a project that refuses them; 422 when nothing could be stored.
fn status_of(outcome: &BatchOutcome) -> StatusCode {
    if outcome.is_conflict() {
        StatusCode::CONFLICT
    } else if outcome.rejected > 0 && outcome.rejected == outcome.items.len() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::ACCEPTED
    }
}

/// Makes an event of one item, flat or enveloped.
pub(super) fn read_event(json: &str, place: Vec<Loc>, reading: Reading) -> Result<NewEvent, Refused> {
    let fields = Fields::open(json, place).map_err(refused)?;
    if envelope::is_envelope(&fields) {
        envelope::read(fields, reading)
    } else {
        flat::read(fields, reading)
    }
}

fn refused(error: eventglass_model::FieldError) -> Refused {
    Refused {
        event_id: None,
        errors: vec![error],
    }
}
