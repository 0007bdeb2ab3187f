//! The three routes that take events.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{BatchOutcome, ItemStatus, Timestamp, loc};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::shape::{ForgeBatch, ForgeBody};
use super::{Forge, event, session};
use crate::doors::fields::Fields;
use crate::doors::gate::{Inbound, Refusal, receive, receive_of};
use crate::doors::items::{Unsplit, items};
use crate::http::extract::holder_of_key;
use crate::state::AppState;

/// What became of a request, and beside it what its clients read. Its SDKs
/// take 201 for success, and nothing else.
#[derive(Serialize, ToSchema)]
#[schema(as = EvalForgeIngested)]
struct Ingested {
    message: &'static str,
    /// How many are stored.
    events_count: usize,
    ingested_at: Timestamp,
    #[serde(flatten)]
    outcome: BatchOutcome,
}

/// Nothing of it could be stored.
#[derive(Serialize, ToSchema)]
#[schema(as = EvalForgeNothing)]
struct Nothing {
    error: String,
    #[serde(flatten)]
    outcome: BatchOutcome,
}

/// Sends many events, with a key of that project.
#[utoipa::path(
    post,
    path = "/sdk/v1/projects/{project}/events/batch",
    operation_id = "forge_send_events",
    request_body = ForgeBatch,
    responses((status = 201, description = "At least one is on disk", body = Ingested), (status = 409, description = "All were stored before, and the project refuses repeats", body = Nothing))
)]
pub(super) async fn sdk(State(state): State<AppState>, Path(project): Path<String>, request: Request) -> Response {
    let handle = async move |inbound: Inbound| {
        same_project(&inbound, &project).await?;
        batch(inbound).await
    };
    receive::<Forge, _, _>(state, request, handle).await
}

/// Sends many events, with a key or a session: the form of older SDKs.
///
/// With a session, each event names its project by `project_id`.
#[utoipa::path(
    post,
    path = "/api/events",
    operation_id = "forge_send_events_older",
    security(("api_key" = []), ("api_key_bearer" = []), ("api_key_basic" = []), ("session_token" = []), ("session_cookie" = [])),
    request_body = ForgeBatch,
    responses((status = 201, description = "At least one is on disk", body = Ingested), (status = 409, description = "All were stored before, and the project refuses repeats", body = Nothing))
)]
pub(super) async fn older(State(state): State<AppState>, request: Request) -> Response {
    let holder = holder_of_key(request.headers(), &state).await;
    let refusal = match holder {
        Ok(holder) => return receive_of::<Forge, _, _>(state, request, Ok(holder), batch).await,
        Err(error) => Refusal::from(error),
    };
    match session::user(&state, request.method(), request.headers()).await {
        Ok(Some(user)) => session::receive(state, user, request).await,
        Ok(None) => receive_of::<Forge, _, _>(state, request, Err(refusal), batch).await,
        Err(error) => error.into_response(),
    }
}

/// Sends many events or one, with a key or a session.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/events",
    operation_id = "forge_send_events_of_project",
    security(("api_key" = []), ("api_key_bearer" = []), ("api_key_basic" = []), ("session_token" = []), ("session_cookie" = [])),
    request_body = ForgeBody,
    responses((status = 201, description = "At least one is on disk", body = Ingested), (status = 409, description = "All were stored before, and the project refuses repeats", body = Nothing))
)]
pub(super) async fn of_project(
    State(state): State<AppState>,
    Path(project): Path<String>,
    request: Request,
) -> Response {
    let refusal = match holder_of_key(request.headers(), &state).await {
        Ok(holder) => {
            let handle = async move |inbound: Inbound| {
                same_project(&inbound, &project).await?;
                one_or_many(inbound).await
            };
            return receive_of::<Forge, _, _>(state, request, Ok(holder), handle).await;
        }
        Err(error) => Refusal::from(error),
    };
    let holder = match session::user(&state, request.method(), request.headers()).await {
        Ok(Some(user)) => match session::holder(&state, &user, &project).await {
            Ok(holder) => Ok(holder),
            Err(error) => return error.into_response(),
        },
        Ok(None) => Err(refusal),
        Err(error) => return error.into_response(),
    };
    receive_of::<Forge, _, _>(state, request, holder, one_or_many).await
}

/// The project of the path, by id or slug, must be the key's.
async fn same_project(inbound: &Inbound, project: &str) -> Result<(), Refusal> {
    let named = match project.parse() {
        Ok(id) => Some(id),
        Err(_) => inbound
            .state
            .store
            .project_by_slug(project)
            .await?
            .map(|project| project.id),
    };
    if named == Some(inbound.sender.project_id) {
        Ok(())
    } else {
        Err(Refusal::WrongProject)
    }
}

async fn batch(inbound: Inbound) -> Result<Response, Refusal> {
    let list = list_of(inbound.text()?, inbound.most_events())?;
    let events = list
        .iter()
        .enumerate()
        .map(|(n, item)| read_item(item, n, &inbound))
        .collect();
    let outcome = inbound
        .submit(events, |n| list.get(n).map(|item| item.get().to_owned()))
        .await?;
    Ok(answer(outcome, inbound.now))
}

async fn one_or_many(inbound: Inbound) -> Result<Response, Refusal> {
    let text = inbound.text()?;
    let fields = Fields::open(text, loc!["body"]).map_err(|_| no_json())?;
    if fields.has("events") || !(fields.has("type") || fields.has("operation_type")) {
        return batch(inbound).await;
    }
    let event = event::read(text, loc!["body"], inbound.reading(0));
    let outcome = inbound.submit(vec![event], |_| Some(text.to_owned())).await?;
    Ok(answer(outcome, inbound.now))
}

/// One item of a batch.
pub(super) fn read_item(item: &RawValue, place: usize, inbound: &Inbound) -> Result<NewEvent, Refused> {
    event::read(item.get(), loc!["body", "events", place], inbound.reading(place))
}

/// The items of `{"events": […]}`.
///
/// # Errors
/// 400 with one of that system's four sentences, or there are more than `most`.
pub(super) fn list_of(text: &str, most: usize) -> Result<Vec<&RawValue>, Refusal> {
    let bad = |sentence: &str| Refusal::Malformed(sentence.to_owned());
    let mut fields = Fields::open(text, loc!["body"]).map_err(|_| no_json())?;
    if !fields.has("events") {
        return Err(bad("Missing 'events' field"));
    }
    let list = match fields.raw("events").map(|list| items(list.get(), most)) {
        Some(Ok(list)) => list,
        Some(Err(Unsplit::TooMany)) => return Err(Refusal::too_many(most)),
        Some(Err(Unsplit::NoList(_))) | None => return Err(bad("Events field must be an array")),
    };
    if list.is_empty() {
        return Err(bad("No events provided"));
    }
    Ok(list)
}

fn no_json() -> Refusal {
    Refusal::Malformed("Invalid JSON format".to_owned())
}

/// 201 when anything is stored; else 400, or 409 for nothing but repeats in a
/// project that refuses them. Its SDKs repeat neither.
pub(super) fn answer(outcome: BatchOutcome, now: Timestamp) -> Response {
    let conflict = outcome.is_conflict();
    let stored = outcome
        .items
        .iter()
        .filter(|item| matches!(item.status, ItemStatus::Accepted | ItemStatus::Duplicate))
        .count();
    if stored > 0 {
        let answer = Ingested {
            message: "Events ingested successfully",
            events_count: stored,
            ingested_at: now,
            outcome,
        };
        return (StatusCode::CREATED, Json(answer)).into_response();
    }
    let (status, error) = if conflict {
        (StatusCode::CONFLICT, "Event already exists".to_owned())
    } else {
        let first = outcome.items.iter().find_map(|item| item.errors.first());
        let why = first.map_or("", |error| error.msg.as_str());
        (StatusCode::BAD_REQUEST, format!("No event could be ingested: {why}"))
    };
    (status, Json(Nothing { error, outcome })).into_response()
}
