//! `/api/v1/projects/{project}/ingest` and `/refused`: how ingest fares, and
//! what it did not take.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use eventglass_engine::access::Role;
use eventglass_model::{FieldError, IngestHealth, RefusedItem, RefusedList, ReplayOutcome, ReplayRequest, loc};
use serde::Serialize;

use super::page::IdPage;
use crate::doors::replay;
use crate::http::error::ApiError;
use crate::http::extract::{JsonBody, Member, Pairs};
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

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/projects/{project}/ingest", get(health))
        .route("/api/v1/projects/{project}/refused", get(list).delete(remove_many))
        .route("/api/v1/projects/{project}/refused/replay", post(replay_many))
        .route("/api/v1/projects/{project}/refused/{item}", get(one).delete(remove_one))
}

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

async fn one(
    State(state): State<AppState>,
    member: Member,
    Path((_, item)): Path<(String, String)>,
) -> Result<Json<RefusedItem>, ApiError> {
    let found = match item.parse() {
        Ok(id) => state.store.refused_item(member.project_id(), id).await?,
        Err(_) => None,
    };
    found.map(Json).ok_or_else(|| ApiError::not_found("refused item"))
}

#[derive(Serialize)]
struct Removed {
    removed: u64,
}

async fn remove_one(
    State(state): State<AppState>,
    member: Member,
    Path((_, item)): Path<(String, String)>,
) -> Result<Json<Removed>, ApiError> {
    let member = member.at_least(Role::Member)?;
    let id = item.parse().map_err(|_| ApiError::not_found("refused item"))?;
    let removed = state.store.remove_refused(member.project_id(), &[id], None).await?;
    if removed == 0 {
        return Err(ApiError::not_found("refused item"));
    }
    Ok(Json(Removed { removed }))
}

/// Those with a reason, or, with `all=true`, all.
async fn remove_many(
    State(state): State<AppState>,
    member: Member,
    mut pairs: Pairs,
) -> Result<Json<Removed>, ApiError> {
    let member = member.at_least(Role::Member)?;
    let reason = pairs.take("reason");
    let all = pairs.take("all").is_some_and(|all| all == "true");
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

async fn replay_many(
    State(state): State<AppState>,
    member: Member,
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
