//! The PulseStream door: `/api/v1/ingestion/*`, as its published clients and
//! its own test script use it.

mod answer;
mod error;
mod event;
mod search;

use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, http::HeaderMap};
use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{ItemStatus, Loc, Timestamp, loc};
use uuid::Uuid;

use self::answer::{BatchAnswer, EventAnswer};
use self::error::PulseError;
use crate::doors::fields::{Fields, items, text_of};
use crate::http::extract::{KeyProject, RawBody};
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/ingestion/events", post(single))
        .route("/api/v1/ingestion/events/batch", post(batch))
        .route("/api/v1/ingestion/events/search", get(search::search))
        .layer(from_fn(process_time))
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

async fn single(State(state): State<AppState>, headers: HeaderMap, request: Request) -> Result<Response, PulseError> {
    let KeyProject(project_id) = KeyProject::of(&headers, &state).await?;
    let body = RawBody::read(request, &state).await?;
    let now = state.clock.now();
    let event = read(body.text()?, loc!["body"], now).map_err(|refused| PulseError::Fields(refused.errors))?;
    let mut outcome = state.ingest.submit(project_id, vec![Ok(event)]).await?;
    let item = outcome.items.pop().ok_or(PulseError::Unavailable)?;
    if item.status == ItemStatus::Rejected {
        return Err(PulseError::business(&item.errors));
    }
    Ok(Json(EventAnswer::of(item, now)).into_response())
}

async fn batch(State(state): State<AppState>, headers: HeaderMap, request: Request) -> Result<Response, PulseError> {
    let KeyProject(project_id) = KeyProject::of(&headers, &state).await?;
    let body = RawBody::read(request, &state).await?;
    let started = Instant::now();
    let now = state.clock.now();
    let mut fields = Fields::open(body.text()?, loc!["body"]).map_err(|error| PulseError::Fields(vec![error]))?;
    let batch_id = fields.text(&["batch_id"]).unwrap_or_else(|| Uuid::new_v4().to_string());
    let Some(list) = fields.raw("events") else {
        fields.fault("events", "field required");
        return Err(PulseError::Fields(fields.errors));
    };
    let Ok(list) = items(list.get()) else {
        fields.fault("events", "must be an array");
        return Err(PulseError::Fields(fields.errors));
    };
    if list.is_empty() {
        return Err(PulseError::Http(
            StatusCode::BAD_REQUEST,
            "No events provided".to_owned(),
        ));
    }
    let events = list
        .iter()
        .enumerate()
        .map(|(n, item)| read(item.get(), loc!["body", "events", n], now))
        .collect();
    metrics::histogram!("eventglass_stage_seconds", "stage" => "parse").record(started.elapsed().as_secs_f64());
    let outcome = state.ingest.submit(project_id, events).await?;
    Ok(Json(BatchAnswer::of(batch_id, outcome, now)).into_response())
}

fn read(json: &str, place: Vec<Loc>, now: Timestamp) -> Result<NewEvent, Refused> {
    match Fields::open(json, place) {
        Ok(fields) => event::read(fields, now),
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
