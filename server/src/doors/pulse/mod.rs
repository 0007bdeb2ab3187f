//! The PulseStream door: `/api/v1/ingestion/*`, as its published clients and
//! its own test script use it.

mod answer;
mod error;
mod event;
mod payload;
mod row;
mod search;
mod shape;
mod stats;

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::{Json, http::HeaderMap};
use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{Door, ItemStatus, Loc, loc};
use utoipa_axum::routes;
use uuid::Uuid;

use self::answer::{BatchAnswer, EventAnswer};
use self::error::PulseFault;
use self::shape::{PulseBatch, PulseEvent};
use crate::doors::fastapi::Unprocessable;
use crate::doors::fields::{Fields, text_of};
use crate::doors::gate::{Dialect, Inbound, Reading, Refusal, framed, receive};
use crate::doors::items::{Unsplit, items};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::describe::{Speech, door};
use crate::state::AppState;

pub(super) fn routes() -> ApiRouter {
    let all = ApiRouter::default()
        .routes(routes!(single))
        .routes(routes!(batch))
        .routes(routes!(search::search))
        .routes(routes!(types))
        .routes(routes!(severities))
        .routes(routes!(row::read, row::remove))
        .routes(routes!(row::retry))
        .routes(routes!(stats::stats))
        .routes(routes!(stats::rate_limit))
        .routes(routes!(stats::health));
    let speech = Speech {
        tag: "PulseStream",
        media: &["application/json"],
        refusals: &[],
        sessions: false,
    };
    framed::<Pulse>(door::<PulseFault>(&speech, all)).layer(from_fn(process_time))
}

/// Every answer of that system says how long it took, in seconds.
async fn process_time(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&format!("{:.6}", started.elapsed().as_secs_f64())) {
        response.headers_mut().insert("x-process-time", value);
    }
    response
}

/// Its own envelope of errors; see [`error`].
pub(super) struct Pulse;

impl Dialect for Pulse {
    const DOOR: Door = Door::PulseStream;

    fn refuse(refusal: &Refusal, _: &HeaderMap) -> Response {
        error::of(refusal)
    }
}

/// The types that an event may have.
#[utoipa::path(
    get,
    path = "/api/v1/ingestion/events/types",
    operation_id = "pulse_list_types",
    security(()),
    responses((status = 200, body = Vec<String>))
)]
async fn types() -> Json<&'static [&'static str]> {
    Json(event::TYPES)
}

/// The severities that an event may have.
#[utoipa::path(
    get,
    path = "/api/v1/ingestion/events/severities",
    operation_id = "pulse_list_severities",
    security(()),
    responses((status = 200, body = Vec<String>))
)]
async fn severities() -> Json<&'static [&'static str]> {
    Json(event::SEVERITIES)
}

/// Sends one event.
#[utoipa::path(
    post,
    path = "/api/v1/ingestion/events",
    operation_id = "pulse_send_event",
    request_body = PulseEvent,
    responses((status = 200, description = "It is on disk", body = EventAnswer), (status = 400, description = "The shape is right and the content is not"), (status = 409, description = "It was stored before, and the project refuses repeats", body = EventAnswer), (status = 422, description = "The shape is wrong", body = Unprocessable))
)]
async fn single(State(state): State<AppState>, request: Request) -> Response {
    receive::<Pulse, _, _>(state, request, one).await
}

async fn one(inbound: Inbound) -> Result<Response, Refusal> {
    let text = inbound.text()?;
    let event = read(text, loc!["body"], inbound.reading(0));
    let shape = event.is_err();
    let mut outcome = inbound.submit(vec![event], |_| Some(text.to_owned())).await?;
    let item = outcome
        .items
        .pop()
        .ok_or_else(|| Refusal::Internal("no outcome".to_owned()))?;
    Ok(match item.status {
        // What its schema refuses is 422 there, and what its rules refuse is 400.
        ItemStatus::Rejected if shape => error::fields(&item.errors),
        ItemStatus::Rejected => error::business(&item.errors),
        ItemStatus::Conflict => (StatusCode::CONFLICT, Json(EventAnswer::of(item, inbound.now))).into_response(),
        ItemStatus::Accepted | ItemStatus::Duplicate => Json(EventAnswer::of(item, inbound.now)).into_response(),
    })
}

/// Sends many events.
#[utoipa::path(
    post,
    path = "/api/v1/ingestion/events/batch",
    operation_id = "pulse_send_events",
    request_body = PulseBatch,
    responses((status = 200, description = "What became of each", body = BatchAnswer), (status = 409, description = "All were stored before, and the project refuses repeats", body = BatchAnswer), (status = 422, description = "The shape is wrong", body = Unprocessable))
)]
async fn batch(State(state): State<AppState>, request: Request) -> Response {
    receive::<Pulse, _, _>(state, request, many).await
}

async fn many(inbound: Inbound) -> Result<Response, Refusal> {
    let started = Instant::now();
    let mut fields = Fields::open(inbound.text()?, loc!["body"]).map_err(|error| Refusal::Invalid(vec![error]))?;
    let batch_id = fields.text(&["batch_id"]).unwrap_or_else(|| Uuid::new_v4().to_string());
    let Some(list) = fields.raw("events") else {
        fields.fault("events", "field required");
        return Err(Refusal::Invalid(fields.errors));
    };
    let list = match items(list.get(), inbound.most_events()) {
        Ok(list) => list,
        Err(Unsplit::TooMany) => return Err(Refusal::too_many(inbound.most_events())),
        Err(Unsplit::NoList(_)) => {
            fields.fault("events", "must be an array");
            return Err(Refusal::Invalid(fields.errors));
        }
    };
    if list.is_empty() {
        return Err(Refusal::Malformed("No events provided".to_owned()));
    }
    let events = list
        .iter()
        .enumerate()
        .map(|(n, item)| read(item.get(), loc!["body", "events", n], inbound.reading(n)))
        .collect();
    metrics::histogram!("eventglass_stage_seconds", "stage" => "parse").record(started.elapsed().as_secs_f64());
    let outcome = inbound
        .submit(events, |n| list.get(n).map(|item| item.get().to_owned()))
        .await?;
    let status = if outcome.is_conflict() {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    Ok((status, Json(BatchAnswer::of(batch_id, outcome, inbound.now))).into_response())
}

pub(super) fn read(json: &str, place: Vec<Loc>, reading: Reading) -> Result<NewEvent, Refused> {
    match Fields::open(json, place) {
        Ok(fields) => event::read(fields, reading),
        Err(error) => Err(Refused {
            event_id: None,
            errors: vec![error],
        }),
    }
}

/// The text of a scalar that an older event carries in a free-form object.
fn loose_text(fields: &Fields<'_>, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| fields.peek(name).and_then(text_of))
        .filter(|text| !text.is_empty())
}
