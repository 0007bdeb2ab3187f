//! `/api/v1/projects/{p}/traces`, `/sessions`, `/users`, and `/api/v1/shared`.

use std::future::Future;

use eventglass_model::{CreatedShare, GroupQuery, TraceQuery, encode_pairs, encode_segment};

use super::{error::ApiResult, projects::project_path, send};

/// A page of the traces that match ([`TracePage`](eventglass_model::TracePage)).
#[must_use]
pub fn traces_path(project: &str, query: &TraceQuery) -> String {
    format!("{}/traces?{}", project_path(project), encode_pairs(query.to_pairs()))
}

/// One trace ([`Trace`](eventglass_model::Trace)).
#[must_use]
pub fn trace_path(project: &str, trace: &str) -> String {
    format!("{}/traces/{}", project_path(project), encode_segment(trace))
}

/// The trace that a link shows to whoever has it.
#[must_use]
pub fn shared_path(token: &str) -> String {
    format!("/api/v1/shared/{}", encode_segment(token))
}

/// One span of a trace, whole ([`TraceSpan`](eventglass_model::TraceSpan)).
#[must_use]
pub fn span_path(trace_path: &str, span: &str) -> String {
    format!("{trace_path}/spans/{}", encode_segment(span))
}

/// Two traces side by side ([`TraceComparison`](eventglass_model::TraceComparison)).
#[must_use]
pub fn compare_path(project: &str, a: &str, b: &str) -> String {
    let query = encode_pairs([("a", a), ("b", b)]);
    format!("{}/traces/compare?{query}", project_path(project))
}

/// The prompts of two model calls, word by word ([`PromptDiff`](eventglass_model::PromptDiff)):
/// `a`, a span of the trace at a path, and `b`, of the same trace or of `b_trace`.
#[must_use]
pub fn diff_path(trace_path: &str, a: &str, b: &str, b_trace: Option<&str>) -> String {
    let mut pairs = vec![("a", a), ("b", b)];
    pairs.extend(b_trace.map(|trace| ("b_trace", trace)));
    format!("{trace_path}/diff?{}", encode_pairs(pairs))
}

/// The links to a trace ([`ShareList`](eventglass_model::ShareList)).
#[must_use]
pub fn shares_path(project: &str, trace: &str) -> String {
    format!("{}/share", trace_path(project, trace))
}

/// Makes a link to a trace that needs no login.
pub fn create_share(project: &str, trace: &str) -> impl Future<Output = ApiResult<CreatedShare>> + Send + use<> {
    send::post(shares_path(project, trace), &serde_json::json!({}))
}

/// Closes such a link, at once and for good.
pub fn delete_share(project: &str, trace: &str, id: &str) -> impl Future<Output = ApiResult<()>> + Send + use<> {
    let path = format!("{}/{}", shares_path(project, trace), encode_segment(id));
    send::command("DELETE", path, None)
}

/// A page of sessions or users ([`GroupPage`](eventglass_model::GroupPage)); `what` is one of those words.
#[must_use]
pub fn groups_path(project: &str, what: &str, query: &GroupQuery) -> String {
    format!("{}/{what}?{}", project_path(project), encode_pairs(query.to_pairs()))
}

/// One session or user ([`Activity`](eventglass_model::Activity)).
#[must_use]
pub fn group_path(project: &str, what: &str, id: &str) -> String {
    format!("{}/{what}/{}", project_path(project), encode_segment(id))
}
