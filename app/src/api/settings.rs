//! `/api/v1/projects/{p}/settings` and `/usage`.

use std::future::Future;

use super::{error::ApiResult, projects::project_path, send};

/// How a project takes events ([`ProjectSettingsView`](eventglass_model::ProjectSettingsView)).
#[must_use]
pub fn settings_path(project: &str) -> String {
    format!("{}/settings", project_path(project))
}

/// What came this month, and how much may ([`Usage`](eventglass_model::Usage)).
#[must_use]
pub fn usage_path(project: &str) -> String {
    format!("{}/usage", project_path(project))
}

/// Changes the settings that the body, a JSON object, names.
pub fn change_settings(project: &str, body: String) -> impl Future<Output = ApiResult<()>> + Send + use<> {
    send::command("PATCH", settings_path(project), Some(body))
}
