//! `/api/v1/projects/{p}/keys`.

use std::future::Future;

use eventglass_model::{CreateApiKey, CreatedApiKey};

use super::{error::ApiResult, projects::project_path, send};

/// A project's keys, newest first ([`ApiKeyList`](eventglass_model::ApiKeyList)).
#[must_use]
pub fn keys_path(project: &str) -> String {
    format!("{}/keys", project_path(project))
}

/// Creates a key; the answer is the only time it is shown.
pub fn create_key(project: &str, body: &CreateApiKey) -> impl Future<Output = ApiResult<CreatedApiKey>> + Send + use<> {
    send::post(keys_path(project), body)
}

/// Revokes a key, at once and for good.
pub fn revoke_key(project: &str, id: i64) -> impl Future<Output = ApiResult<()>> + Send + use<> {
    send::command("DELETE", format!("{}/{id}", keys_path(project)), None)
}
