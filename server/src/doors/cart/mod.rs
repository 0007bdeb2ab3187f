//! The CartNudge door: `/api/v1/events/ingest`, `/ingest/batch` and
//! `/topics`. Source: contract 3.1.

mod error;
mod event;
mod shape;
mod topics;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{Door, FieldError, ItemOutcome, ItemStatus, Loc, Timestamp, loc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use self::event::Item;
use self::shape::{CartBatch, CartEvent};
use crate::doors::fastapi::{self, Detail, Unprocessable};
use crate::doors::fields::Fields;
use crate::doors::gate::{Dialect, Inbound, Reading, Refusal, framed, receive};
use crate::doors::items::{Unsplit, items};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::describe::{Speech, door};
use crate::state::AppState;

/// The most events of a batch.
const BATCH: usize = 100;
/// What is said of an event that a project has already and does not take again.
const REPEATED: &str = "Event already exists";

pub(super) fn routes() -> ApiRouter {
    let all = ApiRouter::default()
        .routes(routes!(single))
        .routes(routes!(batch))
        .routes(routes!(topics::list));
    let speech = Speech {
        tag: "CartNudge",
        media: &["application/json"],
        refusals: &[],
        sessions: false,
    };
    framed::<Cart>(door::<Detail>(&speech, all))
}

/// FastAPI's errors; see [`error`].
struct Cart;

impl Dialect for Cart {
    const DOOR: Door = Door::CartNudge;

    fn refuse(refusal: &Refusal, headers: &HeaderMap) -> Response {
        error::of(refusal, headers)
    }
}

/// The answer to one event.
#[derive(Serialize, ToSchema)]
#[schema(as = CartNudgeIngested)]
struct Ingested {
    success: bool,
    event_id: String,
    topic: Option<String>,
    event_type: Option<String>,
    /// Of the event.
    timestamp: Timestamp,
}

/// The answer to a batch.
#[derive(Serialize, ToSchema)]
#[schema(as = CartNudgeBatchAnswer)]
struct BatchAnswer {
    /// Whether anything is stored.
    success: bool,
    total: usize,
    successful: usize,
    failed: usize,
    results: Vec<ItemAnswer>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CartNudgeItem)]
struct ItemAnswer {
    event_type: Option<String>,
    topic: Option<String>,
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Sends one event.
#[utoipa::path(
    post,
    path = "/api/v1/events/ingest",
    operation_id = "cart_send_event",
    request_body = CartEvent,
    responses((status = 202, description = "It is on disk", body = Ingested), (status = 400, description = "There is no such topic, or no `user_id`"), (status = 409, description = "It was stored before, and the project refuses repeats"), (status = 422, description = "The shape is wrong, or there is no key", body = Unprocessable))
)]
async fn single(State(state): State<AppState>, request: Request) -> Response {
    receive::<Cart, _, _>(state, request, one).await
}

async fn one(inbound: Inbound) -> Result<Response, Refusal> {
    let text = inbound.text()?;
    let item = event::read(text, loc!["body"], inbound.sender.project_id, inbound.reading(0));
    let unshaped = item.event.is_err() && item.content.is_none();
    let timestamp = item.event.as_ref().map_or(inbound.now, |event| event.time);
    let mut outcome = inbound.submit(vec![item.event], |_| Some(text.to_owned())).await?;
    let outcome = outcome
        .items
        .pop()
        .ok_or_else(|| Refusal::Internal("no outcome".to_owned()))?;
    Ok(match outcome.status {
        ItemStatus::Rejected if unshaped => return Err(Refusal::Invalid(outcome.errors)),
        ItemStatus::Rejected => error::content(&item.content.unwrap_or_else(|| error::sentence(&outcome.errors))),
        ItemStatus::Conflict => fastapi::detail(StatusCode::CONFLICT, REPEATED),
        ItemStatus::Accepted | ItemStatus::Duplicate => {
            let answer = Ingested {
                success: true,
                event_id: outcome.event_id.unwrap_or_default(),
                topic: item.topic,
                event_type: item.event_type,
                timestamp,
            };
            (StatusCode::ACCEPTED, Json(answer)).into_response()
        }
    })
}

/// Sends up to 100 events.
#[utoipa::path(
    post,
    path = "/api/v1/events/ingest/batch",
    operation_id = "cart_send_events",
    request_body = CartBatch,
    responses((status = 202, description = "What became of each", body = BatchAnswer), (status = 409, description = "All were stored before, and the project refuses repeats", body = BatchAnswer), (status = 422, description = "The shape is wrong, or there is no key", body = Unprocessable))
)]
async fn batch(State(state): State<AppState>, request: Request) -> Response {
    receive::<Cart, _, _>(state, request, many).await
}

async fn many(inbound: Inbound) -> Result<Response, Refusal> {
    let invalid = |error| Refusal::Invalid(vec![error]);
    let mut fields = Fields::open(inbound.text()?, loc!["body"]).map_err(invalid)?;
    let Some(list) = fields.raw("events") else {
        return Err(invalid(FieldError::new(loc!["body", "events"], "field required")));
    };
    // Pydantic says "more", too, where it did not count to the end.
    let list = match items(list.get(), BATCH) {
        Ok(list) if list.is_empty() => Err("List should have at least 1 item after validation, not 0".to_owned()),
        Ok(list) => Ok(list),
        Err(Unsplit::TooMany) => Err(format!(
            "List should have at most {BATCH} items after validation, not more"
        )),
        Err(Unsplit::NoList(_)) => Err("must be an array".to_owned()),
    };
    let list = list.map_err(|msg| invalid(FieldError::new(loc!["body", "events"], msg)))?;
    let mut answers = Vec::with_capacity(list.len());
    let mut events = Vec::with_capacity(list.len());
    for (n, json) in list.iter().enumerate() {
        let place = loc!["body", "events", n];
        let item = event::read(json.get(), place, inbound.sender.project_id, inbound.reading(n));
        events.push(item.event);
        answers.push((item.event_type, item.topic, item.content));
    }
    let outcome = inbound
        .submit(events, |n| list.get(n).map(|item| item.get().to_owned()))
        .await?;
    let status = if outcome.is_conflict() {
        StatusCode::CONFLICT
    } else {
        StatusCode::ACCEPTED
    };
    let results: Vec<ItemAnswer> = outcome
        .items
        .into_iter()
        .zip(answers)
        .map(|(outcome, (event_type, topic, content))| item_answer(outcome, event_type, topic, content))
        .collect();
    let successful = results.iter().filter(|item| item.success).count();
    let answer = BatchAnswer {
        success: successful > 0,
        total: results.len(),
        successful,
        failed: results.len() - successful,
        results,
    };
    Ok((status, Json(answer)).into_response())
}

fn item_answer(
    outcome: ItemOutcome,
    event_type: Option<String>,
    topic: Option<String>,
    content: Option<String>,
) -> ItemAnswer {
    let error = match outcome.status {
        ItemStatus::Accepted | ItemStatus::Duplicate => None,
        ItemStatus::Conflict => Some(REPEATED.to_owned()),
        ItemStatus::Rejected => Some(content.unwrap_or_else(|| error::sentence(&outcome.errors))),
    };
    ItemAnswer {
        event_type,
        topic,
        success: error.is_none(),
        event_id: outcome.event_id.filter(|_| error.is_none()),
        error,
    }
}

/// Makes an event of one item.
pub(super) fn read(json: &str, place: Vec<Loc>, project_id: i64, reading: Reading) -> Result<NewEvent, Refused> {
    let Item { event, .. } = event::read(json, place, project_id, reading);
    event
}
