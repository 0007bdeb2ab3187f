//! Events that somebody sends with their session instead of a key.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use eventglass_engine::access::{Role, User};
use eventglass_engine::store::KeyHolder;
use eventglass_model::{BatchOutcome, FieldError, ItemOutcome, ItemStatus, loc};
use serde_json::value::RawValue;

use super::Forge;
use super::error::{self, ForgeError};
use super::ingest::{answer, list_of, read_item};
use crate::doors::fields::{Fields, int_of};
use crate::doors::gate::{Inbound, Refusal, receive_of, run};
use crate::http::extract::{RawBody, session_token};
use crate::state::AppState;

/// Whose session a request carries; `None` when it carries none that is open.
///
/// # Errors
/// 403 for a cookie from another site; or the store failed.
pub(super) async fn user(state: &AppState, method: &Method, headers: &HeaderMap) -> Result<Option<User>, ForgeError> {
    match session_token(method, headers)? {
        Some(token) => Ok(state.accounts.user(token).await?),
        None => Ok(None),
    }
}

/// A member of a project, as the sender of events.
///
/// # Errors
/// 403 for a stranger, and for one who may only look.
pub(super) async fn holder(state: &AppState, user: &User, project: &str) -> Result<KeyHolder, ForgeError> {
    let access = state
        .workspace
        .open(user, project)
        .await
        .map_err(ForgeError::of_access)?;
    if access.role < Role::Member {
        return Err(ForgeError::no_access());
    }
    Ok(KeyHolder {
        project_id: access.project.id,
        // Keys have ids above 0; people have rates of their own below.
        key_id: -user.id,
    })
}

/// `POST /api/events`: each event names its project, and each must be theirs.
pub(super) async fn receive(state: AppState, user: User, request: Request) -> Response {
    // The body says which projects they are, so that it is read before the gate.
    let (parts, body) = request.into_parts();
    let body = match RawBody::read(Request::from_parts(parts.clone(), body), &state).await {
        Ok(body) => body,
        Err(error) => return ForgeError::from(error).into_response(),
    };
    let (most, bytes) = (state.settings.batch_events, body.0.clone());
    let projects = match run(bytes.len(), async move { projects_of(&body, most) }).await {
        Ok(projects) => projects,
        Err(refusal) => return error::of(&refusal),
    };
    let mut holders: Vec<KeyHolder> = Vec::new();
    for project in &projects {
        if holders.iter().any(|known| Some(known.project_id) == *project) {
            continue;
        }
        let name = project.map(|id| id.to_string()).unwrap_or_default();
        match holder(&state, &user, &name).await {
            Ok(holder) => holders.push(holder),
            Err(error) => return error.into_response(),
        }
    }
    let Some(first) = holders.first().copied() else {
        return ForgeError::no_access().into_response();
    };
    let request = Request::from_parts(parts, Body::from(bytes));
    let handle = async move |inbound: Inbound| store(&inbound, &projects, &holders).await;
    receive_of::<Forge, _, _>(state, request, Ok(first), handle).await
}

/// The project that each item names.
fn projects_of(body: &RawBody, most: usize) -> Result<Vec<Option<i64>>, Refusal> {
    let text = body.text().map_err(|error| Refusal::Unreadable(error.parts().1))?;
    let project = |item: &&RawValue| {
        let fields = Fields::open(item.get(), Vec::new()).ok()?;
        fields.peek("project_id").and_then(int_of)
    };
    Ok(list_of(text, most)?.iter().map(project).collect())
}

/// Stores the events, project by project.
async fn store(inbound: &Inbound, projects: &[Option<i64>], holders: &[KeyHolder]) -> Result<Response, Refusal> {
    let list = list_of(inbound.text()?, inbound.most_events())?;
    let mut outcomes: Vec<(usize, ItemOutcome)> = Vec::with_capacity(list.len());
    for holder in holders {
        let of_it = |(place, project): (usize, &Option<i64>)| (*project == Some(holder.project_id)).then_some(place);
        let places: Vec<usize> = projects.iter().enumerate().filter_map(of_it).collect();
        let item = |n: usize| places.get(n).and_then(|place| list.get(*place));
        let events = places
            .iter()
            .filter_map(|place| Some(read_item(list.get(*place)?, *place, inbound)))
            .collect();
        let submitted = inbound
            .of_project(holder.project_id)
            .submit(events, |n| item(n).map(|item| item.get().to_owned()))
            .await;
        let items = match submitted {
            Ok(outcome) => outcome.items,
            // What is stored of other projects cannot be taken back: say so item by item.
            Err(refusal) if !outcomes.is_empty() => refused(&refusal, &places),
            Err(refusal) => return Err(refusal),
        };
        outcomes.extend(places.iter().copied().zip(items));
    }
    outcomes.sort_by_key(|(place, _)| *place);
    let items = outcomes.into_iter().map(|(_, item)| item).collect();
    Ok(answer(BatchOutcome::new(items), inbound.now))
}

fn refused(refusal: &Refusal, places: &[usize]) -> Vec<ItemOutcome> {
    let item = |place: &usize| ItemOutcome {
        event_id: None,
        status: ItemStatus::Rejected,
        errors: vec![FieldError::new(loc!["body", "events", *place], refusal.sentence())],
    };
    places.iter().map(item).collect()
}
