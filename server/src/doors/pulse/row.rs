//! `/api/v1/ingestion/events/{event_id}`: one event, by the client's id or by
//! ours. Source: contract 2.1; what is not there is 404, which it was not.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use eventglass_model::{Event, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::error::PulseError;
use super::loose_text;
use super::payload::{Payload, part};
use crate::doors::fastapi::Unprocessable;
use crate::doors::fields::Fields;
use crate::doors::gate::{Refusal, project_of_key};
use crate::doors::replay;
use crate::state::AppState;

/// Refused items among which a retry looks for the event, newest first.
const REFUSED: usize = 500;

const NOT_FOUND: PulseError = PulseError(Refusal::NotFound("event"));

/// A row of that system's table of events.
#[derive(Serialize, ToSchema)]
#[schema(as = PulseStreamEvent)]
pub(super) struct Row {
    id: String,
    event_type: String,
    source: Option<String>,
    source_version: Option<String>,
    event_timestamp: Timestamp,
    ingested_at: Timestamp,
    payload: Payload,
    #[schema(value_type = Option<Value>)]
    event_metadata: Option<Box<RawValue>>,
    external_id: String,
    correlation_id: Option<String>,
    processing_status: &'static str,
    /// It is stored and searchable when it is acknowledged.
    processed_at: Timestamp,
    duration_ms: Option<f64>,
    status_code: Option<i64>,
    error_message: Option<String>,
    geo_country: Option<String>,
    geo_city: Option<String>,
    user_agent: Option<String>,
    device_type: Option<String>,
    /// Rules are not evaluated event by event here, but over windows of time:
    /// no row has alerts of its own.
    alert_processed: bool,
    #[schema(value_type = Vec<String>)]
    alerts_triggered: [&'static str; 0],
    tenant_id: String,
}

impl Row {
    fn of(event: Event) -> Self {
        let inside = |name: &str, names: &[&str]| {
            let part = part(&event, name)?;
            loose_text(&Fields::open(part.get(), Vec::new()).ok()?, names)
        };
        let correlation = &["correlation_id"];
        Self {
            correlation_id: inside("payload", correlation).or_else(|| inside("metadata", correlation)),
            error_message: inside("error_details", &["error_message"]),
            user_agent: inside("context", &["user_agent"]),
            payload: Payload::of(&event),
            event_metadata: part(&event, "metadata"),
            id: event.id,
            event_type: event.kind,
            source: event.service,
            source_version: event.version,
            event_timestamp: event.time,
            ingested_at: event.received_at,
            external_id: event.event_id,
            processing_status: "completed",
            processed_at: event.received_at,
            duration_ms: event.duration_ms,
            status_code: event.status_code,
            geo_country: event.country,
            geo_city: event.city,
            device_type: event.device,
            alert_processed: false,
            alerts_triggered: [],
            tenant_id: event.project_id.to_string(),
        }
    }
}

/// One event, by the client's id or by ours.
#[utoipa::path(
    get,
    path = "/api/v1/ingestion/events/{event_id}",
    operation_id = "pulse_get_event",
    responses((status = 200, body = Row))
)]
pub(super) async fn read(
    State(state): State<AppState>,
    headers: HeaderMap,
    Path(event_id): Path<String>,
) -> Result<Json<Row>, PulseError> {
    let project_id = project_of_key(&headers, &state).await?;
    let found = state.store.event(project_id, &event_id).await?;
    found.map(|event| Json(Row::of(event))).ok_or(NOT_FOUND)
}

/// Deletes one event.
#[utoipa::path(
    delete,
    path = "/api/v1/ingestion/events/{event_id}",
    operation_id = "pulse_delete_event",
    responses((status = 200, description = "It is gone", body = Object))
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    headers: HeaderMap,
    Path(event_id): Path<String>,
) -> Result<Json<Value>, PulseError> {
    let project_id = project_of_key(&headers, &state).await?;
    let found = state.store.event(project_id, &event_id).await?.ok_or(NOT_FOUND)?;
    if state.store.remove_event(project_id, &found.event_id).await? {
        Ok(Json(json!({ "message": "Event deleted successfully" })))
    } else {
        Err(NOT_FOUND)
    }
}

/// Tries an event again that was refused.
///
/// An event that is stored needs no second try. One that was refused, and is
/// still kept, gets it.
#[utoipa::path(
    post,
    path = "/api/v1/ingestion/events/{event_id}/retry",
    operation_id = "pulse_retry_event",
    responses((status = 200, description = "It is stored", body = Object), (status = 422, description = "It was refused again", body = Unprocessable))
)]
pub(super) async fn retry(
    State(state): State<AppState>,
    headers: HeaderMap,
    Path(event_id): Path<String>,
) -> Result<Json<Value>, PulseError> {
    let project_id = project_of_key(&headers, &state).await?;
    let queued = || Json(json!({ "message": "Event queued for reprocessing", "processing_status": "completed" }));
    if state.store.event(project_id, &event_id).await?.is_some() {
        return Ok(queued());
    }
    state.ingest.recorder().flush().await?;
    let mut refused = state.store.refused(project_id, None, i64::MAX, REFUSED).await?;
    refused.retain(|item| item.event_id.as_ref() == Some(&event_id));
    let Some(newest) = refused.into_iter().next() else {
        return Err(NOT_FOUND);
    };
    let errors = newest.errors.clone();
    let outcome = replay(&state, project_id, vec![newest]).await?;
    if outcome.rejected > 0 {
        return Err(PulseError(Refusal::Invalid(errors)));
    }
    Ok(queued())
}
