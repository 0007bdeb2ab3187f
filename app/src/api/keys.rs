//! `/api/v1/projects/{p}/keys`.

use std::future::Future;

use eventglass_model::{ApiKeyList, CreateApiKey, CreatedApiKey};

use super::{error::ApiResult, projects::path_of, send};

/// A project's keys, newest first.
pub fn keys(project: &str) -> impl Future<Output = ApiResult<ApiKeyList>> + Send + use<> {
    send::get(format!("{}/keys", path_of(project)))
}

/// Creates a key; the answer is the only time it is shown.
pub fn create_key(project: &str, body: &CreateApiKey) -> impl Future<Output = ApiResult<CreatedApiKey>> + Send + use<> {
    send::post(format!("{}/keys", path_of(project)), body)
}

/// Revokes a key, at once and for good.
pub fn revoke_key(project: &str, id: i64) -> impl Future<Output = ApiResult<()>> + Send + use<> {
    send::command("DELETE", format!("{}/keys/{id}", path_of(project)))
}
