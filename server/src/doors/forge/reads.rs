//! Lists of events. Every event of the project is in them, whatever door it
//! came through; unknown parameters are ignored, as there.

use axum::Json;
use axum::extract::State;
use eventglass_engine::query::{self, Scan};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::ForgeError;
use super::row::{EventRow, TraceRow};
use crate::http::error::ApiError;
use crate::http::extract::{Member, Pairs};
use crate::state::AppState;

/// Entries when `limit` is not given.
const DEFAULT: usize = 100;
/// The most entries.
const MOST: usize = 1_000;
/// The longest `search`, in characters.
const SEARCH: usize = 1_000;

#[derive(Serialize, ToSchema)]
#[schema(as = EvalForgeEvents)]
pub(super) struct EventList {
    events: Vec<EventRow>,
    /// How many match. (There, how many this page has.)
    total: i64,
    limit: usize,
    offset: usize,
    /// Whether `search` looked at a part of the project only: its newest events.
    partial: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = EvalForgeTraces)]
pub(super) struct TraceList {
    traces: Vec<TraceRow>,
}

/// A project's events, newest first.
///
/// `search` is looked for in operation, name, input, output and metadata.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/events",
    operation_id = "forge_list_events",
    security(("session_token" = []), ("session_cookie" = [])),
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "How many; 100 when absent"),
        ("offset" = Option<u32>, Query, minimum = 0, description = "How many to pass over"),
        ("search" = Option<String>, Query, max_length = 1000, description = "A piece of text, in any case")
    ),
    responses((status = 200, body = EventList), (status = 400, description = "A parameter is wrong"))
)]
pub(super) async fn events(
    State(state): State<AppState>,
    member: Result<Member, ApiError>,
    mut pairs: Pairs,
) -> Result<Json<EventList>, ForgeError> {
    let member = member?;
    let contains = pairs.take("search").filter(|text| !text.is_empty());
    if contains.as_ref().is_some_and(|text| text.chars().count() > SEARCH) {
        return Err(ForgeError::bad(format!("search must have at most {SEARCH} characters")));
    }
    let scan = Scan {
        contains,
        traced: false,
        limit: number(&mut pairs, "limit", 1, MOST, DEFAULT)?,
        offset: number(&mut pairs, "offset", 0, u32::MAX as usize, 0)?,
        most: state.settings.facet_events,
    };
    let found = query::scan(&*state.store, member.project_id(), &scan).await?;
    Ok(Json(EventList {
        events: found.events.into_iter().map(EventRow::of).collect(),
        total: found.matching,
        limit: scan.limit,
        offset: scan.offset,
        partial: found.partial,
    }))
}

/// The newest events that belong to a trace, flat.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/traces",
    operation_id = "forge_list_traces",
    security(("session_token" = []), ("session_cookie" = [])),
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "How many; 100 when absent")),
    responses((status = 200, body = TraceList), (status = 400, description = "A parameter is wrong"))
)]
pub(super) async fn traces(
    State(state): State<AppState>,
    member: Result<Member, ApiError>,
    mut pairs: Pairs,
) -> Result<Json<TraceList>, ForgeError> {
    let member = member?;
    let scan = Scan {
        contains: None,
        traced: true,
        limit: number(&mut pairs, "limit", 1, MOST, DEFAULT)?,
        offset: 0,
        most: state.settings.facet_events,
    };
    let found = query::scan(&*state.store, member.project_id(), &scan).await?;
    Ok(Json(TraceList {
        traces: found.events.iter().map(TraceRow::of).collect(),
    }))
}

fn number(pairs: &mut Pairs, name: &str, least: usize, most: usize, default: usize) -> Result<usize, ForgeError> {
    let Some(text) = pairs.take(name) else {
        return Ok(default);
    };
    let number = text.parse().ok().filter(|n| (least..=most).contains(n));
    number.ok_or_else(|| ForgeError::bad(format!("{name} must be a number from {least} to {most}")))
}
