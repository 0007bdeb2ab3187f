//! How ingest fares: `/stats`, `/rate-limit` and `/health` below
//! `/api/v1/ingestion`. Source: contract 2.1.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use eventglass_engine::guard::RateState;
use eventglass_engine::query;
use eventglass_model::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::PulseError;
use crate::doors::gate::{Refusal, project_of_key};
use crate::http::extract::holder_of_key;
use crate::state::AppState;

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Events of a day are counted up to here, exactly.
const COUNTED: usize = 1_000_000;
/// Minutes over which the rate of ingest is the mean.
const RATE_MINUTES: u32 = 5;

#[derive(Serialize, ToSchema)]
#[schema(as = PulseStreamStats)]
pub(super) struct Stats {
    tenant_id: String,
    total_events: i64,
    /// Those that arrived since midnight (UTC) and are still there; likewise
    /// since the hour and the minute began.
    events_today: i64,
    events_this_hour: i64,
    events_this_minute: i64,
    /// Up to which the three are counted; one that is as large may be larger.
    counted_up_to: usize,
    last_event_at: Option<Timestamp>,
    /// Of all projects of this server.
    processing_queue_size: u64,
    /// The part of errors and timeouts among the newest of the last 24 hours, 0 to 1.
    error_rate: f64,
    /// Among how many.
    error_rate_events: i64,
}

/// How many events the project has, and how ingest fares.
#[utoipa::path(
    get,
    path = "/api/v1/ingestion/stats",
    operation_id = "pulse_get_stats",
    responses((status = 200, body = Stats))
)]
pub(super) async fn stats(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<Stats>, PulseError> {
    let project_id = project_of_key(&headers, &state).await?;
    let now = state.clock.now();
    let project = state
        .store
        .project_by_id(project_id)
        .await?
        .ok_or(PulseError(Refusal::NotFound("project")))?;
    let began = |span: i64| Timestamp::from_micros(now.micros().div_euclid(span) * span);
    let since = |span: i64| state.store.arrivals(project_id, began(span), COUNTED);
    let last_day = (Some(now.plus_micros(-DAY)), None);
    let totals = query::totals(&*state.store, project_id, last_day, state.settings.facet_events).await?;
    Ok(Json(Stats {
        tenant_id: project_id.to_string(),
        total_events: project.event_count,
        events_today: since(DAY).await?,
        events_this_hour: since(HOUR).await?,
        events_this_minute: since(MINUTE).await?,
        counted_up_to: COUNTED,
        last_event_at: project.last_event_at,
        processing_queue_size: state.ingest.queue().events,
        error_rate: ratio(totals.errors, totals.events),
        error_rate_events: totals.events,
    }))
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn ratio(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Where the tightest limit of a minute stands; `null` when there is none.
#[derive(Serialize, ToSchema)]
#[schema(as = PulseStreamRateLimit)]
pub(super) struct RateLimit {
    limit: Option<u32>,
    remaining: Option<u32>,
    /// When all of it is there again, if nothing more comes.
    reset_time: Timestamp,
    window_size_seconds: i64,
    exceeded: bool,
}

/// Where the tightest limit of a minute stands. Asking does not count.
#[utoipa::path(
    get,
    path = "/api/v1/ingestion/rate-limit",
    operation_id = "pulse_get_rate_limit",
    responses((status = 200, body = RateLimit))
)]
pub(super) async fn rate_limit(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Json<RateLimit>, PulseError> {
    let holder = holder_of_key(&headers, &state).await.map_err(Refusal::from)?;
    let policy = state.ingest.policies().of(holder.project_id).await?;
    let limits = &policy.settings.limits;
    let rates = state.ingest.rates().peek(holder.project_id, holder.key_id, limits);
    let reset = i64::try_from(rates.map_or(0, |rates| rates.reset)).unwrap_or(RateState::WINDOW);
    Ok(Json(RateLimit {
        limit: rates.map(|rates| rates.limit),
        remaining: rates.map(|rates| rates.remaining),
        reset_time: state.clock.now().plus_micros(reset * 1_000_000),
        window_size_seconds: RateState::WINDOW,
        exceeded: rates.is_some_and(|rates| rates.remaining == 0),
    }))
}

/// Of the whole server, for anyone: nothing here is of one project. Counts are
/// written every few seconds, and lag by as much.
#[derive(Serialize, ToSchema)]
#[schema(as = PulseStreamHealth)]
pub(super) struct Health {
    status: &'static str,
    timestamp: Timestamp,
    /// Events stored in a minute, the mean of the last five.
    ingestion_rate: f64,
    queue_size: u64,
    worker_status: &'static str,
    last_event_received: Option<Timestamp>,
    /// Events refused.
    errors_last_hour: u64,
    uptime_seconds: u64,
}

/// How ingest of the whole server fares, for anyone.
#[utoipa::path(
    get,
    path = "/api/v1/ingestion/health",
    operation_id = "pulse_get_health",
    security(()),
    responses((status = 200, body = Health))
)]
pub(super) async fn health(State(state): State<AppState>) -> Result<Json<Health>, PulseError> {
    let now = state.clock.now();
    let halted = state.ingest.halted().is_some();
    let counts = |minutes: u32| {
        state
            .store
            .ingest_of_all(now.plus_micros(-i64::from(minutes - 1) * MINUTE))
    };
    let (status, worker_status) = if halted {
        ("unhealthy", "stopped")
    } else {
        ("healthy", "running")
    };
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let accepted = counts(RATE_MINUTES).await?.accepted as f64;
    Ok(Json(Health {
        status,
        timestamp: now,
        ingestion_rate: accepted / f64::from(RATE_MINUTES),
        queue_size: state.ingest.queue().events,
        worker_status,
        last_event_received: state.store.last_event_of_all().await?,
        errors_last_hour: counts(60).await?.refused,
        uptime_seconds: state.started.elapsed().as_secs(),
    }))
}
