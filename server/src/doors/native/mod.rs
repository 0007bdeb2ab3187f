//! The native door: `POST /api/v1/events` and `/api/v1/events/batch`.
//!
//! Takes one event or many (an array, `{"events": [...]}`, or NDJSON), each
//! either flat ([`flat`]) or a WatchLLM envelope ([`envelope`]). Answers 202
//! with what became of each; 422 when every single one was refused. A request
//! that begins with an envelope is at WatchLLM's door: it is counted, kept and
//! answered as such.

mod body;
mod envelope;
mod flat;
mod shape;

pub(super) use self::flat::{micros, nano_dollars};

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{BatchOutcome, Door, ItemStatus, Loc, Problem, loc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use self::shape::{NativeBatch, NativeItem};
use crate::doors::fastapi::Unprocessable;
use crate::doors::fields::Fields;
use crate::doors::gate::{Dialect, Inbound, Reading, Refusal, framed, receive};
use crate::doors::watch::{self, WatchDetail, WatchFault};
use crate::http::error::ApiError;
use crate::http::openapi::ApiRouter;
use crate::http::openapi::describe::{Speech, door, shared};
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
    framed::<Native>(shared::<WatchFault>("application/json", door::<Problem>(&speech, all)))
}

/// The outcome, and beside it what WatchLLM's clients read.
#[derive(Serialize, ToSchema)]
#[schema(as = NativeAnswer)]
struct Answer {
    #[serde(flatten)]
    outcome: BatchOutcome,
    #[serde(flatten)]
    watch: WatchAnswer,
    /// Of envelopes that were stored before, in a project that refuses repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<WatchDetail>,
}

impl Answer {
    fn respond(self, door: Door) -> Response {
        let status = status_of(&self.outcome);
        let repeat = door == Door::WatchLlm && status == StatusCode::CONFLICT;
        let detail = repeat.then(|| WatchDetail::new("Event was received before"));
        (status, Json(Self { detail, ..self })).into_response()
    }
}

/// A batch of which nothing was stored: what became of each, or, of envelopes,
/// every fault.
#[derive(ToSchema)]
#[schema(as = NativeRefused)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is described, never made")]
enum AllRefused {
    Native(Answer),
    Watch(Unprocessable),
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

/// Refusals as problems, as in the rest of the API; or in WatchLLM's words.
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

    fn refuse_at(door: Door, refusal: &Refusal, headers: &HeaderMap) -> Response {
        if door == Door::WatchLlm {
            watch::refuse(refusal)
        } else {
            Self::refuse(refusal, headers)
        }
    }

    fn door_of(headers: &HeaderMap, last: Option<Door>) -> Door {
        if watch::has_foreign_key(headers) {
            Door::WatchLlm
        } else {
            last.unwrap_or(Self::DOOR)
        }
    }
}

/// Sends one event.
#[utoipa::path(
    post,
    path = "/api/v1/events",
    operation_id = "send_event",
    request_body = NativeItem,
    responses(
        (status = 202, description = "It is on disk", body = Answer),
        (status = 409, description = "It was stored before, and the project refuses repeats", body = Answer),
        (
            status = 422,
            description = "Fields are wrong; the answer names each",
            content((Unprocessable = "application/json"), (Problem = "application/problem+json"))
        )
    )
)]
async fn single(State(state): State<AppState>, request: Request) -> Response {
    receive::<Native, _, _>(state, request, one).await
}

async fn one(inbound: Inbound) -> Result<Response, Refusal> {
    let text = inbound.text()?;
    let fields = Fields::open(text, loc!["body"]).map_err(refused);
    let inbound = inbound.at(fields.as_ref().map_or(Door::Native, door_of_fields));
    let event = fields.and_then(|fields| read_fields(fields, inbound.reading(0)));
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
    let answer = Answer {
        outcome,
        watch,
        detail: None,
    };
    Ok(answer.respond(inbound.sender.door))
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
            content((AllRefused = "application/json"), (Problem = "application/problem+json"))
        )
    )
)]
async fn batch(State(state): State<AppState>, request: Request) -> Response {
    receive::<Native, _, _>(state, request, many).await
}

async fn many(inbound: Inbound) -> Result<Response, Refusal> {
    let text = inbound.text()?;
    let split = body::split(text, inbound.most_events());
    // The first item tells the door, also of a batch that is refused for being too long.
    let first = match &split {
        Ok(items) => items.first().and_then(|item| item.json.as_ref().ok().copied()),
        Err(_) => body::first(text),
    };
    let inbound = first.map_or_else(|| inbound.clone(), |json| inbound.at(door_of(json)));
    let items = split?;
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
    if inbound.sender.door == Door::WatchLlm && is_refused(&outcome) {
        let errors = outcome.items.into_iter().flat_map(|item| item.errors);
        return Err(Refusal::Invalid(errors.collect()));
    }
    let stored = outcome.items.iter().filter(|item| item.status != ItemStatus::Rejected);
    let event_ids: Vec<String> = stored.filter_map(|item| item.event_id.clone()).collect();
    let count = event_ids.len();
    let watch = WatchAnswer::Many {
        status: "queued",
        count,
        event_ids,
        message: format!("Batch of {count} events queued"),
    };
    let answer = Answer {
        outcome,
        watch,
        detail: None,
    };
    Ok(answer.respond(inbound.sender.door))
}

/// 202; 409 for nothing but repeats in a project that refuses them; 422 when nothing could be stored.
fn status_of(outcome: &BatchOutcome) -> StatusCode {
    if outcome.is_conflict() {
        StatusCode::CONFLICT
    } else if is_refused(outcome) {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::ACCEPTED
    }
}

/// Whether there was something, and nothing of it could be stored.
fn is_refused(outcome: &BatchOutcome) -> bool {
    outcome.rejected > 0 && outcome.rejected == outcome.items.len()
}

/// At which door a request is, by its first item.
fn door_of(json: &str) -> Door {
    Fields::open(json, Vec::new()).map_or(Door::Native, |fields| door_of_fields(&fields))
}

fn door_of_fields(fields: &Fields<'_>) -> Door {
    if envelope::is_envelope(fields) {
        Door::WatchLlm
    } else {
        Door::Native
    }
}

/// Makes an event of one item, flat or enveloped.
pub(super) fn read_event(json: &str, place: Vec<Loc>, reading: Reading) -> Result<NewEvent, Refused> {
    read_fields(Fields::open(json, place).map_err(refused)?, reading)
}

fn read_fields(fields: Fields<'_>, reading: Reading) -> Result<NewEvent, Refused> {
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
