//! What Langfuse's SDKs send and read, as the document describes it. It is
//! read in [`super::part`] and [`super::score`]; a test sends the examples.

#![expect(dead_code, reason = "these are described, never made")]

use serde_json::Value;
use utoipa::ToSchema;

/// Its errors.
#[derive(ToSchema)]
pub(super) struct LangfuseError {
    /// The name of its exception.
    error: String,
    /// A sentence for people.
    message: String,
}

/// A batch.
#[derive(ToSchema)]
#[schema(as = LangfuseIngestion, examples(json!({ "batch": [
    { "id": "e1", "type": "trace-create", "timestamp": "2026-11-21T10:00:00Z",
      "body": { "id": "t1", "name": "chat", "userId": "ada" } },
    { "id": "e2", "type": "generation-create", "timestamp": "2026-11-21T10:00:01Z",
      "body": { "id": "g1", "traceId": "t1", "name": "answer", "model": "gpt-4o", "input": "Hello", "output": "Hi!",
                "usage": { "input": 10, "output": 5 } } }
] })))]
pub(super) struct Ingestion {
    batch: Vec<Envelope>,
    /// The SDK's own.
    metadata: Option<Value>,
}

/// A create or an update.
#[derive(ToSchema)]
#[schema(as = LangfuseEnvelope)]
struct Envelope {
    #[schema(max_length = 800)]
    id: String,
    /// `trace-create`, `span-create`, `generation-update`, `score-create` and so on.
    #[schema(rename = "type")]
    kind: String,
    timestamp: Option<String>,
    /// The trace, observation or score.
    #[schema(value_type = Object)]
    body: Value,
}

/// One score, or a list.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = LangfuseScores)]
pub(super) enum Scores {
    One(Score),
    Many(Vec<Score>),
}

/// A score of a trace, observation or session.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = LangfuseScore, examples(json!({
    "id": "s1", "traceId": "t1", "name": "helpful", "value": 0.9, "dataType": "NUMERIC", "comment": "to the point"
})))]
pub(super) struct Score {
    id: Option<String>,
    trace_id: Option<String>,
    observation_id: Option<String>,
    session_id: Option<String>,
    name: Option<String>,
    /// A number or a text.
    value: Option<Value>,
    /// `NUMERIC`, `BOOLEAN` or `CATEGORICAL`.
    data_type: Option<String>,
    comment: Option<String>,
}
