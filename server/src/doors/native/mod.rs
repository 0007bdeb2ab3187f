//! The native door: `POST /api/v1/events` and `/api/v1/events/batch`.
//!
//! Takes one event or many (an array, `{"events": [...]}`, or NDJSON), each
//! either flat ([`flat`]) or a WatchLLM envelope ([`envelope`]). Answers 202
//! with what became of each; 422 when every single one was refused.

mod body;
mod envelope;
mod flat;
mod shape;

pub(super) use self::flat::{micros, nano_dollars};

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use eventglass_engine::ingest::{IngestError, NewEvent, Refused};
use eventglass_model::{BatchOutcome, Door, ItemStatus, Loc, Problem, loc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use self::shape::{NativeBatch, NativeItem};
use crate::doors::fields::Fields;
use crate::doors::gate::{Dialect, Inbound, Reading, Refusal, receive};
use crate::http::error::ApiError;
use crate::http::openapi::ApiRouter;
use crate::http::openapi::describe::{Speech, door};
use crate::http::openapi::parts::PROBLEM;
use crate::state::AppState;

pub(super) fn routes() -> ApiRouter {
    let all = ApiRouter::default().routes(routes!(single)).routes(routes!(batch));
    let speech = Speech {
        tag: "Native",
        media: PROBLEM,
        refusals: &[422],
        sessions: false,
    };
    door::<Problem>(&speech, all)
}

/// The outcome, and beside it what WatchLLM's clients read.
#[derive(Serialize, ToSchema)]
#[schema(as = NativeAnswer)]
struct Answer {
    #[serde(flatten)]
    outcome: BatchOutcome,
    #[serde(flatten)]
    watch: WatchAnswer,
}

/// Source: WatchLLM's ingest API; its e2e test reads the snake-case spelling.
#[derive(Serialize, ToSchema)]
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

/// Sends one event.
#[utoipa::path(
    post,
    path = "/api/v1/events",
    operation_id = "send_event",
    request_body = NativeItem,
    responses((status = 202, description = "It is on disk", body = Answer), (status = 409, description = "It was stored before, and the project refuses repeats", body = Answer))
)]
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

/// Sends many events: an array, `{"events": [...]}`, or one object a line.
#[utoipa::path(
    post,
    path = "/api/v1/events/batch",
    operation_id = "send_events",
    request_body(content((NativeBatch = "application/json"), (String = "application/x-ndjson"))),
    responses(
        (status = 202, description = "At least one is on disk, or there was none", body = Answer),
        (status = 409, description = "All were stored before, and the project refuses repeats", body = Answer),
        (
            status = 422,
            description = "Each was refused, or there are too many",
            content((Answer = "application/json"), (Problem = "application/problem+json"))
        )
    )
)]
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
