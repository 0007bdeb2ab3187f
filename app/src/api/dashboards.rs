//! `/api/v1/projects/{p}/dashboards`.

use std::future::Future;

use eventglass_model::{Dashboard, DashboardDraft, encode_pairs, encode_segment};

use super::{error::ApiResult, projects::project_path, send};

/// The dashboards of a project ([`DashboardList`](eventglass_model::DashboardList)).
#[must_use]
pub fn dashboards_path(project: &str) -> String {
    format!("{}/dashboards", project_path(project))
}

/// One dashboard ([`Dashboard`]).
#[must_use]
pub fn dashboard_path(project: &str, id: &str) -> String {
    format!("{}/{}", dashboards_path(project), encode_segment(id))
}

/// All numbers of a dashboard as CSV, over the time given or its own.
#[must_use]
pub fn dashboard_csv_path(project: &str, id: &str, from: &str, to: &str) -> String {
    let pairs = [("format", "csv"), ("from", from), ("to", to)];
    let query = encode_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
    format!("{}/export?{query}", dashboard_path(project, id))
}

/// Makes a dashboard.
pub fn create_dashboard(
    project: &str,
    draft: &DashboardDraft,
) -> impl Future<Output = ApiResult<Dashboard>> + Send + use<> {
    send::post(dashboards_path(project), draft)
}

/// Changes a dashboard; the draft says which version of it.
pub fn change_dashboard(
    project: &str,
    id: &str,
    draft: &DashboardDraft,
) -> impl Future<Output = ApiResult<Dashboard>> + Send + use<> {
    send::put(dashboard_path(project, id), draft)
}

/// Removes a dashboard, for good.
pub fn remove_dashboard(project: &str, id: &str) -> impl Future<Output = ApiResult<()>> + Send + use<> {
    send::command("DELETE", dashboard_path(project, id), None)
}
