//! `GET /api/projects/{project}/analytics` and below. Computed from the
//! newest events of a time range, which `start_time` and `end_time` may narrow.

use axum::Json;
use axum::extract::State;
use eventglass_engine::query::{self, Totals};
use eventglass_model::Timestamp;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::error::ForgeError;
use crate::http::error::ApiError;
use crate::http::extract::{Member, Pairs};
use crate::state::AppState;

/// Events that are looked at, newest first; beyond, `partial` is true.
const MOST: usize = 50_000;

/// A span of time.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is described, never made")]
struct Between {
    /// From this moment on.
    #[param(example = "2026-11-21T00:00:00Z")]
    start_time: Option<String>,
    /// Before this moment.
    #[param(example = "2026-11-22T00:00:00Z")]
    end_time: Option<String>,
}

type Answer = Result<Json<Value>, ForgeError>;

/// What was asked for, counted.
struct Counted {
    /// All events, exactly, unless a time range has more than [`MOST`].
    events: i64,
    totals: Totals,
}

impl Counted {
    async fn of(state: &AppState, member: Result<Member, ApiError>, mut pairs: Pairs) -> Result<Self, ForgeError> {
        let member = member?;
        let from = moment(&mut pairs, "start_time")?;
        let to = moment(&mut pairs, "end_time")?;
        let totals = query::totals(&*state.store, member.project_id(), (from, to), MOST).await?;
        let whole = from.is_none() && to.is_none();
        let events = if whole {
            member.project().event_count
        } else {
            totals.events
        };
        Ok(Self { events, totals })
    }

    fn summary(&self) -> Value {
        self.with_scope(json!({
            "total_events": self.events,
            "total_cost": self.totals.cost_usd,
            "average_latency": mean(self.totals.duration_ms, self.totals.timed),
            "error_rate": self.error_percent(),
        }))
    }

    fn error_percent(&self) -> f64 {
        100.0 * mean(as_float(self.totals.errors), self.totals.events)
    }

    /// Says of how many events the figures are, and whether there are more.
    fn with_scope(&self, mut figures: Value) -> Value {
        if let Some(figures) = figures.as_object_mut() {
            figures.insert("counted_events".to_owned(), json!(self.totals.events));
            figures.insert("partial".to_owned(), json!(self.totals.partial));
        }
        figures
    }
}

/// Counts, cost, mean latency and error rate of a project.
///
/// Milliseconds, US dollars, per cent.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/analytics",
    operation_id = "forge_get_analytics",
    security(("session_token" = []), ("session_cookie" = [])),
    params(Between),
    responses((status = 200, description = "The figures", body = Object), (status = 400, description = "A parameter is wrong"))
)]
pub(super) async fn all(State(state): State<AppState>, member: Result<Member, ApiError>, pairs: Pairs) -> Answer {
    let counted = Counted::of(&state, member, pairs).await?;
    Ok(Json(json!({ "analytics": counted.summary() })))
}

/// The same as `summary`.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/analytics/summary",
    operation_id = "forge_get_analytics_summary",
    security(("session_token" = []), ("session_cookie" = [])),
    params(Between),
    responses((status = 200, description = "The figures", body = Object), (status = 400, description = "A parameter is wrong"))
)]
pub(super) async fn summary(State(state): State<AppState>, member: Result<Member, ApiError>, pairs: Pairs) -> Answer {
    let counted = Counted::of(&state, member, pairs).await?;
    Ok(Json(json!({ "summary": counted.summary() })))
}

/// What it cost.
///
/// The average is of the events whose cost is known.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/analytics/costs",
    operation_id = "forge_get_analytics_costs",
    security(("session_token" = []), ("session_cookie" = [])),
    params(Between),
    responses((status = 200, description = "The figures", body = Object), (status = 400, description = "A parameter is wrong"))
)]
pub(super) async fn costs(State(state): State<AppState>, member: Result<Member, ApiError>, pairs: Pairs) -> Answer {
    let counted = Counted::of(&state, member, pairs).await?;
    let totals = &counted.totals;
    let costs = counted.with_scope(json!({
        "total_cost": totals.cost_usd,
        "average_cost": mean(totals.cost_usd, totals.priced),
        "priced_events": totals.priced,
    }));
    Ok(Json(json!({ "costs": costs })))
}

/// How long it took.
///
/// Of the events whose duration is known.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/analytics/latency",
    operation_id = "forge_get_analytics_latency",
    security(("session_token" = []), ("session_cookie" = [])),
    params(Between),
    responses((status = 200, description = "The figures", body = Object), (status = 400, description = "A parameter is wrong"))
)]
pub(super) async fn latency(State(state): State<AppState>, member: Result<Member, ApiError>, pairs: Pairs) -> Answer {
    let counted = Counted::of(&state, member, pairs).await?;
    let totals = &counted.totals;
    let latency = counted.with_scope(json!({
        "average_latency": mean(totals.duration_ms, totals.timed),
        "min_latency": totals.shortest_ms.unwrap_or_default(),
        "max_latency": totals.longest_ms.unwrap_or_default(),
    }));
    Ok(Json(json!({ "latency": latency })))
}

/// Errors and timeouts.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/analytics/errors",
    operation_id = "forge_get_analytics_errors",
    security(("session_token" = []), ("session_cookie" = [])),
    params(Between),
    responses((status = 200, description = "The figures", body = Object), (status = 400, description = "A parameter is wrong"))
)]
pub(super) async fn errors(State(state): State<AppState>, member: Result<Member, ApiError>, pairs: Pairs) -> Answer {
    let counted = Counted::of(&state, member, pairs).await?;
    let errors = counted.with_scope(json!({
        "total_events": counted.events,
        "error_count": counted.totals.errors,
        "error_rate": counted.error_percent(),
    }));
    Ok(Json(json!({ "errors": errors })))
}

/// 0 of nothing, as there.
fn mean(sum: f64, count: i64) -> f64 {
    if count == 0 { 0.0 } else { sum / as_float(count) }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn as_float(count: i64) -> f64 {
    count as f64
}

fn moment(pairs: &mut Pairs, name: &str) -> Result<Option<Timestamp>, ForgeError> {
    let text = pairs.take(name).filter(|text| !text.is_empty());
    let time = text.map(|text| Timestamp::parse(&text)).transpose();
    time.map_err(|error| ForgeError::bad(format!("{name} is {error}")))
}
