//! `/api/v1/projects/{p}/views`: searches that are kept by name.

use std::future::Future;

use eventglass_model::ViewSettings;

use super::{error::ApiResult, projects::project_path, send};

/// One's own views and those that are shared ([`ViewList`](eventglass_model::ViewList)).
#[must_use]
pub fn views_path(project: &str) -> String {
    format!("{}/views", project_path(project))
}

/// Keeps a view. The answer is its JSON ([`View`](eventglass_model::View)).
pub fn create_view(project: &str, settings: &ViewSettings) -> impl Future<Output = ApiResult<String>> + Send + use<> {
    send::for_text("POST", views_path(project), json(settings))
}

/// Changes a view. The answer is its JSON.
pub fn change_view(
    project: &str,
    id: i64,
    settings: &ViewSettings,
) -> impl Future<Output = ApiResult<String>> + Send + use<> {
    send::for_text("PUT", format!("{}/{id}", views_path(project)), json(settings))
}

/// Forgets a view.
pub fn delete_view(project: &str, id: i64) -> impl Future<Output = ApiResult<()>> + Send + use<> {
    send::command("DELETE", format!("{}/{id}", views_path(project)), None)
}

fn json(settings: &ViewSettings) -> String {
    // A plain struct: nothing in it can fail to serialise.
    serde_json::to_string(settings).unwrap_or_default()
}
