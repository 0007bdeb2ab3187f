//! `GET /api/v1/ingestion/events/search`. Every filter filters, which on the
//! older server only some did; unknown parameters are ignored, as there.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use eventglass_engine::query::PulseSearch;
use eventglass_model::{Event, FieldError, Severity, Timestamp, loc};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::error::PulseError;
use super::event::{SEVERITIES, TYPES};
use super::payload::{Payload, part};
use crate::doors::fastapi::Unprocessable;
use crate::doors::gate::{Refusal, project_of_key};
use crate::http::extract::Pairs;
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
#[schema(as = PulseStreamFound)]
pub(super) struct SearchAnswer {
    events: Vec<FoundEvent>,
    /// All events of the project.
    total_count: i64,
    /// Those that match, counted up to `pulse_count_limit`.
    filtered_count: i64,
    has_more: bool,
    search_id: String,
    execution_time_ms: f64,
}

/// What can be asked; what is unknown is ignored.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is described, never made")]
struct Asked {
    /// `api_call`, `user_action`, `system_event`, `error_event` or `custom_event`.
    #[param(example = "api_call")]
    event_type: Option<String>,
    /// `info`, `warning`, `error` or `critical`.
    #[param(example = "error")]
    severity: Option<String>,
    /// Part of the service's name.
    service: Option<String>,
    /// The endpoint.
    endpoint: Option<String>,
    /// The status code.
    #[param(minimum = 100, maximum = 599)]
    status_code: Option<i64>,
    /// Who caused it.
    user_id: Option<String>,
    /// From this moment on.
    #[param(example = "2026-11-21T00:00:00Z")]
    start_time: Option<String>,
    /// Up to this moment.
    #[param(example = "2026-11-22T00:00:00Z")]
    end_time: Option<String>,
    /// How many.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
    /// How many to pass over.
    #[param(minimum = 0, default = 0)]
    offset: Option<i64>,
}

/// Its test script looks for the client's own id in `id`.
#[derive(Serialize, ToSchema)]
#[schema(as = PulseStreamFoundEvent)]
struct FoundEvent {
    id: String,
    event_type: String,
    source: Option<String>,
    source_version: Option<String>,
    timestamp: Timestamp,
    ingested_at: Timestamp,
    status_code: Option<i64>,
    duration_ms: Option<f64>,
    payload: Payload,
    #[schema(value_type = Option<Value>)]
    metadata: Option<Box<RawValue>>,
    external_id: String,
    processing_status: &'static str,
}

/// Searches events, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/ingestion/events/search",
    operation_id = "pulse_search",
    params(Asked),
    responses((status = 200, body = SearchAnswer), (status = 422, description = "Parameters are wrong", body = Unprocessable))
)]
pub(super) async fn search(
    State(state): State<AppState>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Json<SearchAnswer>, PulseError> {
    let project_id = project_of_key(&headers, &state).await?;
    let started = Instant::now();
    let search = read(pairs).map_err(Refusal::Invalid)?;
    let (events, counts) = state
        .store
        .pulse_search(project_id, &search, state.settings.pulse_count_limit)
        .await?;
    let returned = i64::try_from(events.len()).unwrap_or(i64::MAX);
    Ok(Json(SearchAnswer {
        has_more: counts.matching > search.offset + returned,
        events: events.into_iter().map(found).collect(),
        total_count: counts.total,
        filtered_count: counts.matching,
        search_id: Uuid::new_v4().to_string(),
        execution_time_ms: started.elapsed().as_secs_f64() * 1_000.0,
    }))
}

fn read(mut pairs: Pairs) -> Result<PulseSearch, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut fault = |name: &str, msg: String| errors.push(FieldError::new(loc!["query", name], msg));
    let mut search = PulseSearch {
        service: pairs.take("service"),
        endpoint: pairs.take("endpoint"),
        user_id: pairs.take("user_id"),
        ..PulseSearch::default()
    };
    let mut number = |name: &str, least: i64, most: i64, default: Option<i64>| {
        let Some(text) = pairs.take(name) else { return default };
        let number = text.parse().ok().filter(|n| (least..=most).contains(n));
        if number.is_none() {
            fault(name, format!("Input should be a whole number from {least} to {most}"));
        }
        number.or(default)
    };
    search.limit = number("limit", 1, 1_000, Some(100)).unwrap_or(100);
    search.offset = number("offset", 0, i64::from(u32::MAX), Some(0)).unwrap_or(0);
    search.status_code = number("status_code", 100, 599, None);
    for (name, bound) in [
        ("start_time", &mut search.start_time),
        ("end_time", &mut search.end_time),
    ] {
        if let Some(text) = pairs.take(name) {
            match Timestamp::parse(&text) {
                Ok(time) => *bound = Some(time),
                Err(error) => fault(name, error.to_string()),
            }
        }
    }
    if let Some(kind) = pairs.take("event_type") {
        if !TYPES.contains(&kind.as_str()) {
            fault("event_type", format!("Input should be one of: {}", TYPES.join(", ")));
        }
        search.event_type = Some(kind);
    }
    if let Some(word) = pairs.take("severity") {
        match Severity::parse(&word) {
            Ok(severity) => search.severity = Some(severity),
            Err(_) => fault("severity", format!("Input should be one of: {}", SEVERITIES.join(", "))),
        }
    }
    if errors.is_empty() { Ok(search) } else { Err(errors) }
}

fn found(event: Event) -> FoundEvent {
    FoundEvent {
        payload: Payload::of(&event),
        metadata: part(&event, "metadata"),
        id: event.event_id.clone(),
        event_type: event.kind,
        source: event.service,
        source_version: event.version,
        timestamp: event.time,
        ingested_at: event.received_at,
        status_code: event.status_code,
        duration_ms: event.duration_ms,
        external_id: event.event_id,
        processing_status: "completed",
    }
}
