//! `/api/v1/projects`.

use std::future::Future;

use eventglass_model::{CreateProject, CreatedProject, Project, ProjectList, encode_pairs, encode_segment};

use super::{error::ApiResult, send};

/// The path of a project, by its slug or id.
pub(super) fn path_of(project: &str) -> String {
    format!("/api/v1/projects/{}", encode_segment(project))
}

/// The most projects that one list shows.
const MAX_PAGES: usize = 20;

/// The first page of the projects one is a member of.
pub fn projects_first_page() -> impl Future<Output = ApiResult<ProjectList>> + Send {
    send::get("/api/v1/projects".to_owned())
}

/// All projects one is a member of.
pub async fn projects() -> ApiResult<Vec<Project>> {
    let mut page = projects_first_page().await?;
    let mut all = page.items;
    for _ in 1..MAX_PAGES {
        let Some(cursor) = page.next_cursor else { break };
        page = send::get(format!("/api/v1/projects?{}", encode_pairs([("cursor", cursor)]))).await?;
        all.append(&mut page.items);
    }
    Ok(all)
}

/// One project, by its slug or id.
pub fn project(project: &str) -> impl Future<Output = ApiResult<Project>> + Send + use<> {
    send::get(path_of(project))
}

/// Creates a project with its first key.
pub fn create_project(body: &CreateProject) -> impl Future<Output = ApiResult<CreatedProject>> + Send + use<> {
    send::post("/api/v1/projects".to_owned(), body)
}
