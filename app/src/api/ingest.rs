//! `/api/v1/projects/{p}/ingest` and `/refused`.

use std::future::Future;

use eventglass_model::{ReplayOutcome, ReplayRequest, encode_pairs};

use super::{error::ApiResult, projects::project_path, send};

/// How ingest fared in the last minutes ([`IngestHealth`](eventglass_model::IngestHealth)).
#[must_use]
pub fn ingest_path(project: &str, minutes: i64) -> String {
    format!("{}/ingest?minutes={minutes}", project_path(project))
}

/// A page of the items that were refused for a reason, newest first
/// ([`RefusedList`](eventglass_model::RefusedList)).
#[must_use]
pub fn refused_path(project: &str, reason: &str, limit: u32, cursor: Option<&str>) -> String {
    let limit = limit.to_string();
    let mut pairs = vec![("reason", reason), ("limit", limit.as_str())];
    pairs.extend(cursor.map(|cursor| ("cursor", cursor)));
    format!("{}/refused?{}", project_path(project), encode_pairs(pairs))
}

/// Sends refused items through their door again.
pub fn replay(project: &str, body: &ReplayRequest) -> impl Future<Output = ApiResult<ReplayOutcome>> + Send + use<> {
    send::post(format!("{}/refused/replay", project_path(project)), body)
}

/// Forgets a refused item, for good.
pub fn delete_refused(project: &str, id: i64) -> impl Future<Output = ApiResult<()>> + Send + use<> {
    send::command("DELETE", format!("{}/refused/{id}", project_path(project)), None)
}

/// Forgets all items that were refused for a reason, for good.
pub fn delete_all_refused(project: &str, reason: &str) -> impl Future<Output = ApiResult<()>> + Send + use<> {
    let query = encode_pairs([("reason", reason)]);
    send::command("DELETE", format!("{}/refused?{query}", project_path(project)), None)
}
