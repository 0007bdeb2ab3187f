//! `POST /api/public/scores`: one score, or, as the SDKs of version 5 send
//! them, a list.
//!
//! Source: Langfuse's public API. A list is answered 202 when all of it is
//! taken, else 207 with counts and a message for each score that is not, which
//! its SDKs log and do not send again.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventglass_engine::ingest::{NewPart, Refused};
use eventglass_model::{FieldError, ItemStatus, Loc, Timestamp, loc};
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::Langfuse;
use super::batch::sentence;
use super::names::{Type, type_of};
use super::part::part;
use super::shape::Scores;
use crate::doors::gate::{Inbound, Refusal, receive};
use crate::doors::items::{Unsplit, items};
use crate::state::AppState;

/// The type of envelope that a score is.
const TYPE: &str = "score-create";

/// Sends one score, or a list.
#[utoipa::path(
    post,
    path = "/api/public/scores",
    operation_id = "langfuse_score",
    request_body = Scores,
    responses(
        (status = 200, description = "The `id` of the one score", body = Object),
        (status = 202, description = "All of the list is taken", body = Object),
        (status = 207, description = "Counts, and a message for each that is not taken", body = Object)
    )
)]
pub(super) async fn create(State(state): State<AppState>, request: Request) -> Response {
    receive::<Langfuse, _, _>(state, request, |inbound: Inbound| async move {
        let known = type_of(TYPE).ok_or_else(|| Refusal::Internal("no type for scores".to_owned()))?;
        if inbound.text()?.trim_start().starts_with('[') {
            many(&inbound, known).await
        } else {
            one(&inbound, known).await
        }
    })
    .await
}

/// One score; answers its id.
async fn one(inbound: &Inbound, known: &Type) -> Result<Response, Refusal> {
    let part = part(known, new_part_id(), inbound.now, inbound.text()?, inbound.reading(0))
        .map_err(|error| Refusal::Invalid(vec![error]))?;
    let id = part
        .event
        .event_id
        .strip_prefix("score:")
        .unwrap_or_default()
        .to_owned();
    let outcome = inbound.merge(vec![Ok(part)], |_| None).await?;
    let errors = outcome
        .items
        .into_iter()
        .next()
        .map(|item| item.errors)
        .unwrap_or_default();
    if errors.is_empty() {
        Ok(Json(json!({ "id": id })).into_response())
    } else {
        Err(Refusal::Invalid(errors))
    }
}

async fn many(inbound: &Inbound, known: &Type) -> Result<Response, Refusal> {
    let list = items(inbound.text()?, inbound.most_events()).map_err(|why| match why {
        Unsplit::TooMany => Refusal::too_many(inbound.most_events()),
        Unsplit::NoList(error) => Refusal::Malformed(format!("the body is not JSON: {error}")),
    })?;
    let parts: Vec<Result<NewPart, Refused>> = list
        .iter()
        .enumerate()
        .map(|(n, score)| {
            part(known, new_part_id(), inbound.now, score.get(), inbound.reading(n)).map_err(|error| Refused {
                event_id: None,
                errors: vec![at(n, error)],
            })
        })
        .collect();
    // Kept as an envelope of the ingestion API, which is how it can be sent again.
    let envelope = |n: usize| {
        let envelope = Envelope {
            id: new_part_id(),
            timestamp: inbound.now,
            kind: TYPE,
            body: list.get(n)?,
        };
        serde_json::to_string(&envelope).ok()
    };
    let outcome = inbound.merge(parts, envelope).await?;
    if outcome.rejected == 0 {
        return Ok((StatusCode::ACCEPTED, Json(json!({ "message": "Accepted" }))).into_response());
    }
    let refused = outcome.items.iter().filter(|item| item.status == ItemStatus::Rejected);
    let errors: Vec<_> = refused
        .map(|item| json!({ "message": item.errors.iter().map(sentence).collect::<Vec<_>>().join("; ") }))
        .collect();
    let counts =
        json!({ "accepted": outcome.items.len() - outcome.rejected, "rejected": outcome.rejected, "errors": errors });
    Ok((StatusCode::MULTI_STATUS, Json(counts)).into_response())
}

/// A score as the ingestion API takes it. Not `json!`, which cannot hold every
/// number that JSON can, and panics.
#[derive(Serialize)]
struct Envelope<'a> {
    id: String,
    timestamp: Timestamp,
    #[serde(rename = "type")]
    kind: &'static str,
    body: &'a RawValue,
}

/// A score that is sent twice is one score, if it has an id: its parts fold to the same event.
fn new_part_id() -> String {
    format!("scores:{}", Uuid::now_v7())
}

/// `["body", 3, "value"]` of `["body", "value"]`.
fn at(n: usize, error: FieldError) -> FieldError {
    let mut place: Vec<Loc> = loc!["body", n];
    place.extend(error.loc.into_iter().skip(1));
    FieldError::new(place, error.msg)
}
