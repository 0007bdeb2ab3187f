//! `/api/v1/projects`.

use std::future::Future;

use eventglass_model::{CreateProject, CreatedProject, encode_segment};

use super::{error::ApiResult, send};

/// The projects one is a member of ([`ProjectList`](eventglass_model::ProjectList)).
pub const PROJECTS: &str = "/api/v1/projects";

/// One project ([`Project`](eventglass_model::Project)), by its slug or id.
#[must_use]
pub fn project_path(project: &str) -> String {
    format!("{PROJECTS}/{}", encode_segment(project))
}

/// Creates a project with its first key.
pub fn create_project(body: &CreateProject) -> impl Future<Output = ApiResult<CreatedProject>> + Send + use<> {
    send::post(PROJECTS.to_owned(), body)
}
