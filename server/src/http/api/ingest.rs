//! `/api/v1/projects/{project}/ingest` and `/refused`: how ingest fares, and
//! what it did not take.

use axum::Json;
use axum::extract::{Path, State};
use eventglass_engine::access::Role;
use eventglass_model::{FieldError, IngestHealth, RefusedItem, RefusedList, ReplayOutcome, ReplayRequest, loc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::page::IdPage;
use crate::doors::replay;
use crate::http::error::ApiError;
use crate::http::extract::{JsonBody, Member, NoQuery, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::params::Page;
use crate::state::AppState;

/// Minutes that are shown when `minutes` is not given.
const MINUTES: i64 = 60;
/// The most minutes that are shown: a day.
const MOST_MINUTES: i64 = 1_440;
/// Senders that are shown.
const SENDERS: usize = 100;
/// Reasons that are shown.
const REASONS: usize = 20;
/// Items that one replay takes.
const REPLAYED: usize = 500;

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(health))
        .routes(routes!(list, remove_many))
        .routes(routes!(replay_many))
        .routes(routes!(one, remove_one))
}

/// How ingest fares: by minute, by sender, and why things were refused.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/ingest",
    operation_id = "get_ingest_health",
    params(("minutes" = Option<i64>, Query, minimum = 1, maximum = 1440, description = "How far back; 60 when absent")),
    responses((status = 200, body = IngestHealth))
)]
async fn health(
    State(state): State<AppState>,
    member: Member,
    mut pairs: Pairs,
) -> Result<Json<IngestHealth>, ApiError> {
    let minutes = pairs.take("minutes").map(|text| text.parse::<i64>());
    pairs.nothing_else()?;
    let minutes = match minutes {
        None => MINUTES,
        Some(Ok(minutes)) if (1..=MOST_MINUTES).contains(&minutes) => minutes,
        Some(_) => {
            let msg = format!("must be a number from 1 to {MOST_MINUTES}");
            return Err(ApiError::invalid(vec![FieldError::new(loc!["query", "minutes"], msg)]));
        }
    };
    let project_id = member.project_id();
    // What waits is written first, so that the page shows what has just come.
    flush(&state).await;
    let since = state.clock.now().plus_micros(-minutes * 60_000_000);
    let queue = state.ingest.queue();
    Ok(Json(IngestHealth {
        minutes: state.store.ingest_minutes(project_id, since).await?,
        senders: state.store.ingest_senders(project_id, since, SENDERS).await?,
        reasons: state.store.refused_reasons(project_id, REASONS).await?,
        last_event_at: member.project().last_event_at,
        queue_events: queue.events,
        queue_bytes: queue.bytes,
        commit_p50_ms: queue.commit_p50_ms,
        commit_p99_ms: queue.commit_p99_ms,
        halted: state.ingest.halted(),
    }))
}

async fn flush(state: &AppState) {
    if let Err(error) = state.ingest.recorder().flush().await {
        tracing::warn!(%error, "counts of ingest could not be written");
    }
}

/// What was refused, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/refused",
    operation_id = "list_refused",
    params(Page, ("reason" = Option<String>, Query, description = "Only those with this reason")),
    responses((status = 200, body = RefusedList))
)]
async fn list(State(state): State<AppState>, member: Member, mut pairs: Pairs) -> Result<Json<RefusedList>, ApiError> {
    let reason = pairs.take("reason");
    let page = IdPage::read(pairs)?;
    flush(&state).await;
    let before = page.cursor.unwrap_or(i64::MAX);
    let mut items = state
        .store
        .refused(member.project_id(), reason.as_deref(), before, page.limit + 1)
        .await?;
    let next_cursor = page.cut(&mut items, |item| item.id);
    Ok(Json(RefusedList { items, next_cursor }))
}

/// Something that was refused, with what was sent.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/refused/{item}",
    operation_id = "get_refused",
    responses((status = 200, body = RefusedItem))
)]
async fn one(
    State(state): State<AppState>,
    member: Member,
    Path((_, item)): Path<(String, String)>,
    _: NoQuery,
) -> Result<Json<RefusedItem>, ApiError> {
    let found = match item.parse() {
        Ok(id) => state.store.refused_item(member.project_id(), id).await?,
        Err(_) => None,
    };
    found.map(Json).ok_or_else(|| ApiError::not_found("refused item"))
}

/// How many were forgotten.
#[derive(Serialize, ToSchema)]
struct Removed {
    /// How many.
    removed: u64,
}

/// Forgets something that was refused.
#[utoipa::path(
    delete,
    path = "/api/v1/projects/{project}/refused/{item}",
    operation_id = "remove_refused",
    responses((status = 200, body = Removed))
)]
async fn remove_one(
    State(state): State<AppState>,
    member: Member,
    Path((_, item)): Path<(String, String)>,
    _: NoQuery,
) -> Result<Json<Removed>, ApiError> {
    let member = member.at_least(Role::Member)?;
    let id = item.parse().map_err(|_| ApiError::not_found("refused item"))?;
    let removed = state.store.remove_refused(member.project_id(), &[id], None).await?;
    if removed == 0 {
        return Err(ApiError::not_found("refused item"));
    }
    Ok(Json(Removed { removed }))
}

/// Forgets what was refused for a reason, or, with `all=true`, all of it.
#[utoipa::path(
    delete,
    path = "/api/v1/projects/{project}/refused",
    operation_id = "remove_all_refused",
    params(
        ("reason" = Option<String>, Query, description = "Those with this reason"),
        ("all" = Option<bool>, Query, description = "Instead: all of them")
    ),
    responses((status = 200, body = Removed))
)]
async fn remove_many(
    State(state): State<AppState>,
    member: Member,
    mut pairs: Pairs,
) -> Result<Json<Removed>, ApiError> {
    let member = member.at_least(Role::Member)?;
    let reason = pairs.take("reason");
    let all = pairs.flag("all")?;
    pairs.nothing_else()?;
    if reason.is_none() && !all {
        let msg = "say which: ?reason=… or ?all=true";
        return Err(ApiError::invalid(vec![FieldError::new(loc!["query", "reason"], msg)]));
    }
    flush(&state).await;
    let removed = state
        .store
        .remove_refused(member.project_id(), &[], reason.as_deref())
        .await?;
    Ok(Json(Removed { removed }))
}

/// Sends refused items through their door again.
#[utoipa::path(
    post,
    path = "/api/v1/projects/{project}/refused/replay",
    operation_id = "replay_refused",
    request_body = ReplayRequest,
    responses((status = 200, body = ReplayOutcome))
)]
async fn replay_many(
    State(state): State<AppState>,
    member: Member,
    _: NoQuery,
    JsonBody(request): JsonBody<ReplayRequest>,
) -> Result<Json<ReplayOutcome>, ApiError> {
    let member = member.at_least(Role::Member)?;
    let project_id = member.project_id();
    let mut items = Vec::new();
    if request.ids.len() > REPLAYED {
        let msg = format!("at most {REPLAYED} at once");
        return Err(ApiError::invalid(vec![FieldError::new(loc!["body", "ids"], msg)]));
    }
    for id in &request.ids {
        items.extend(state.store.refused_item(project_id, *id).await?);
    }
    if let Some(reason) = &request.reason {
        items.extend(
            state
                .store
                .refused(project_id, Some(reason), i64::MAX, REPLAYED)
                .await?,
        );
    } else if request.ids.is_empty() {
        let msg = "say which: ids or a reason";
        return Err(ApiError::invalid(vec![FieldError::new(loc!["body", "ids"], msg)]));
    }
    Ok(Json(replay(&state, project_id, items).await?))
}
