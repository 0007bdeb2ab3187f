//! `POST /api/public/ingestion`: always 207, with what became of each event
//! by the id of its envelope.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventglass_engine::ingest::{NewPart, Refused};
use eventglass_model::{FieldError, ItemStatus, Loc, loc};
use serde::Serialize;
use utoipa::ToSchema;

use super::Langfuse;
use super::part::{Asked, read};
use super::shape::Ingestion;
use crate::doors::fields::Fields;
use crate::doors::gate::{Inbound, Refusal, receive};
use crate::doors::items::{Unsplit, items};
use crate::state::AppState;

/// What an event without a readable id is called.
const NO_ID: &str = "unknown";

#[derive(Serialize, ToSchema)]
#[schema(as = LangfuseAnswer)]
struct Answer {
    successes: Vec<Success>,
    errors: Vec<Failure>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LangfuseSuccess)]
struct Success {
    id: String,
    status: u16,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LangfuseFailure)]
struct Failure {
    id: String,
    status: u16,
    message: &'static str,
    error: String,
}

/// Sends creates and updates of traces, observations and scores.
#[utoipa::path(
    post,
    path = "/api/public/ingestion",
    operation_id = "langfuse_ingest",
    request_body = Ingestion,
    responses((status = 207, description = "What became of each, by the id of its envelope", body = Answer))
)]
pub(super) async fn ingestion(State(state): State<AppState>, request: Request) -> Response {
    receive::<Langfuse, _, _>(state, request, many).await
}

async fn many(inbound: Inbound) -> Result<Response, Refusal> {
    let mut fields = Fields::open(inbound.text()?, loc!["body"]).map_err(|error| Refusal::Invalid(vec![error]))?;
    let Some(list) = fields.raw("batch") else {
        fields.fault("batch", "Required");
        return Err(Refusal::Invalid(fields.errors));
    };
    let list = match items(list.get(), inbound.most_events()) {
        Ok(list) => list,
        Err(Unsplit::TooMany) => return Err(Refusal::too_many(inbound.most_events())),
        Err(Unsplit::NoList(_)) => {
            fields.fault("batch", "Expected array");
            return Err(Refusal::Invalid(fields.errors));
        }
    };
    // The SDK's logs are in neither list of the answer.
    let mut kept = Vec::new();
    let mut parts: Vec<Result<NewPart, Refused>> = Vec::new();
    for (n, item) in list.iter().enumerate() {
        match read(item, loc!["body", "batch", n], inbound.reading(n)) {
            Ok(Asked::Nothing) => {}
            Ok(Asked::Part(part)) => {
                parts.push(Ok(*part));
                kept.push(item.get());
            }
            Err(refused) => {
                parts.push(Err(refused));
                kept.push(item.get());
            }
        }
    }
    let outcome = inbound
        .merge(parts, |n| kept.get(n).map(|json| (*json).to_owned()))
        .await?;
    let mut answer = Answer {
        successes: Vec::new(),
        errors: Vec::new(),
    };
    for item in outcome.items {
        let id = item.event_id.unwrap_or_else(|| NO_ID.to_owned());
        if item.status == ItemStatus::Rejected {
            answer.errors.push(Failure {
                id,
                status: 400,
                message: "Invalid request data",
                error: item.errors.iter().map(sentence).collect::<Vec<_>>().join("; "),
            });
        } else {
            answer.successes.push(Success { id, status: 201 });
        }
    }
    Ok((StatusCode::MULTI_STATUS, Json(answer)).into_response())
}

/// `body.startTime: Invalid datetime`.
pub(super) fn sentence(error: &FieldError) -> String {
    let path: Vec<String> = error
        .loc
        .iter()
        .map(|step| match step {
            Loc::Key(key) => key.clone(),
            Loc::Index(n) => n.to_string(),
        })
        .collect();
    format!("{}: {}", path.join("."), error.msg)
}
