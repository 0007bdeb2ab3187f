//! `/api/v1/projects/{project}/dashboards`: what people arrange, and as CSV.

mod csv;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use eventglass_engine::access::Role;
use eventglass_engine::store::{Changed, NewDashboard};
use eventglass_model::{Dashboard, DashboardDraft, DashboardList, FieldError, TimeBound, loc};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::http::error::ApiError;
use crate::http::extract::{Caller, JsonBody, Member, NoQuery, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::params::Span;
use crate::state::AppState;

/// How people call it in messages.
const WHAT: &str = "dashboard";

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(list, create))
        .routes(routes!(read, change, remove))
        .routes(routes!(export_csv))
}

type DashboardPath = Path<(String, String)>;

/// The dashboards of a project, by name.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/dashboards",
    operation_id = "list_dashboards",
    responses((status = 200, body = DashboardList))
)]
async fn list(State(state): State<AppState>, member: Member, _: NoQuery) -> Result<Json<DashboardList>, ApiError> {
    Ok(Json(DashboardList {
        items: state.store.dashboards(member.project_id()).await?,
        next_cursor: None,
    }))
}

/// Makes a dashboard.
#[utoipa::path(
    post,
    path = "/api/v1/projects/{project}/dashboards",
    operation_id = "create_dashboard",
    request_body = DashboardDraft,
    responses((status = 201, description = "Made", body = Dashboard), (status = 409, description = "The project has as many as it may (`too_many_dashboards`)"))
)]
async fn create(
    State(state): State<AppState>,
    member: Member,
    Caller(user): Caller,
    _: NoQuery,
    JsonBody(draft): JsonBody<DashboardDraft>,
) -> Result<Response, ApiError> {
    let member = member.at_least(Role::Member)?;
    let mut errors = draft.check();
    if draft.version.is_some() {
        errors.push(FieldError::new(loc!["body", "version"], "a new dashboard has none"));
    }
    if !errors.is_empty() {
        return Err(ApiError::invalid(errors));
    }
    let new = NewDashboard {
        id: Uuid::new_v4().to_string(),
        draft,
        user_id: user.id,
        now: state.clock.now(),
    };
    let most = state.settings.dashboards;
    match state.store.add_dashboard(member.project_id(), &new, most).await? {
        Changed::Done(_) => whole(&state, member.project_id(), &new.id, StatusCode::CREATED).await,
        _ => Err(ApiError::new(
            StatusCode::CONFLICT,
            "too_many_dashboards",
            format!("a project has at most {most} dashboards"),
        )),
    }
}

/// One dashboard, with its widgets.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/dashboards/{dashboard}",
    operation_id = "get_dashboard",
    responses((status = 200, body = Dashboard))
)]
async fn read(
    State(state): State<AppState>,
    member: Member,
    Path((_, id)): DashboardPath,
    _: NoQuery,
) -> Result<Response, ApiError> {
    whole(&state, member.project_id(), &id, StatusCode::OK).await
}

/// Changes a dashboard.
///
/// The version that this changes is its `ETag` as `If-Match`, or `version` in the body.
#[utoipa::path(
    put,
    path = "/api/v1/projects/{project}/dashboards/{dashboard}",
    operation_id = "change_dashboard",
    params(("if-match" = Option<String>, Header, description = "The `ETag` of the version that this changes", example = "\"3\"")),
    request_body = DashboardDraft,
    responses((status = 200, body = Dashboard), (status = 412, description = "Somebody else has changed it meanwhile (`changed_meanwhile`)"), (status = 428, description = "The version was not said (`version_required`)"))
)]
async fn change(
    State(state): State<AppState>,
    member: Member,
    Caller(user): Caller,
    Path((_, id)): DashboardPath,
    headers: HeaderMap,
    _: NoQuery,
    JsonBody(draft): JsonBody<DashboardDraft>,
) -> Result<Response, ApiError> {
    let member = member.at_least(Role::Member)?;
    let errors = draft.check();
    if !errors.is_empty() {
        return Err(ApiError::invalid(errors));
    }
    let version = if_match(&headers)?.or(draft.version).ok_or_else(|| {
        ApiError::new(
            StatusCode::PRECONDITION_REQUIRED,
            "version_required",
            "say which version you have changed: its `ETag` as `If-Match`, or `version` in the body",
        )
    })?;
    let new = NewDashboard {
        id,
        draft,
        user_id: user.id,
        now: state.clock.now(),
    };
    match state.store.change_dashboard(member.project_id(), &new, version).await? {
        Changed::Done(_) => whole(&state, member.project_id(), &new.id, StatusCode::OK).await,
        Changed::Stale(version) => Err(stale(version)),
        Changed::Missing | Changed::Full => Err(ApiError::not_found(WHAT)),
    }
}

/// Removes a dashboard.
#[utoipa::path(
    delete,
    path = "/api/v1/projects/{project}/dashboards/{dashboard}",
    operation_id = "remove_dashboard",
    params(("if-match" = Option<String>, Header, description = "The `ETag` of the version that this changes", example = "\"3\"")),
    responses((status = 204, description = "Removed"), (status = 412, description = "Somebody else has changed it meanwhile (`changed_meanwhile`)"))
)]
async fn remove(
    State(state): State<AppState>,
    member: Member,
    Path((_, id)): DashboardPath,
    headers: HeaderMap,
    _: NoQuery,
) -> Result<StatusCode, ApiError> {
    let member = member.at_least(Role::Member)?;
    let version = if_match(&headers)?;
    match state.store.remove_dashboard(member.project_id(), &id, version).await? {
        Changed::Done(()) => Ok(StatusCode::NO_CONTENT),
        Changed::Stale(version) => Err(stale(version)),
        Changed::Missing | Changed::Full => Err(ApiError::not_found(WHAT)),
    }
}

/// A dashboard's numbers as CSV: of all widgets, over its own span of time or that of `from` and `to`.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/dashboards/{dashboard}/export",
    operation_id = "export_dashboard",
    params(Span, ("format" = Option<String>, Query, description = "`csv`, which is the only one", example = "csv")),
    responses((status = 200, description = "The file", body = String, content_type = "text/csv"))
)]
async fn export_csv(
    State(state): State<AppState>,
    member: Member,
    Path((_, id)): DashboardPath,
    mut pairs: Pairs,
) -> Result<Response, ApiError> {
    let format = pairs.take("format").unwrap_or_else(|| "csv".to_owned());
    let (from, to) = (pairs.take("from"), pairs.take("to"));
    pairs.nothing_else()?;
    if format != "csv" {
        let msg = "expected csv";
        return Err(ApiError::invalid(vec![FieldError::new(loc!["query", "format"], msg)]));
    }
    let dashboard = state.store.dashboard(member.project_id(), &id).await?;
    let dashboard = dashboard.ok_or_else(|| ApiError::not_found(WHAT))?;
    let bound = |name: &str, given: Option<String>, own: Option<&String>| {
        let text = given.as_ref().filter(|text| !text.is_empty()).or(own);
        let read = text.map(|text| TimeBound::parse(text)).transpose();
        read.map_err(|msg| ApiError::invalid(vec![FieldError::new(loc!["query", name], msg)]))
    };
    let span = (
        bound("from", from, dashboard.from.as_ref())?,
        bound("to", to, dashboard.to.as_ref())?,
    );
    let now = state.clock.now();
    let mut table = csv::Table::new();
    for widget in &dashboard.widgets {
        let mut query = widget.query.clone();
        (query.from, query.to) = span;
        // One that makes no sense (any more) does not take the others with it.
        match state.metrics_reader.read(member.project_id(), &query, now).await {
            Ok(metrics) => table.metrics(widget, &metrics),
            Err(eventglass_engine::query::MetricsError::Ask(error)) => table.fault(widget, &error.to_string()),
            Err(error) => return Err(error.into()),
        }
    }
    let disposition = format!("attachment; filename=\"dashboard-{}.csv\"", dashboard.id);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, table.finish()).into_response())
}

async fn whole(state: &AppState, project_id: i64, id: &str, status: StatusCode) -> Result<Response, ApiError> {
    let found: Option<Dashboard> = state.store.dashboard(project_id, id).await?;
    let dashboard = found.ok_or_else(|| ApiError::not_found(WHAT))?;
    let tag = HeaderValue::from_str(&format!("\"{}\"", dashboard.version)).map_err(ApiError::internal)?;
    Ok((status, [(header::ETAG, tag)], Json(dashboard)).into_response())
}

/// The version of `If-Match`.
fn if_match(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    let version = text.trim_start_matches("W/").trim_matches('"').parse();
    version.map(Some).map_err(|_| {
        let msg = "expected the `ETag` of a dashboard, such as \"3\"";
        ApiError::invalid(vec![FieldError::new(loc!["header", "if-match"], msg)])
    })
}

fn stale(version: i64) -> ApiError {
    ApiError::new(
        StatusCode::PRECONDITION_FAILED,
        "changed_meanwhile",
        format!("somebody else has changed it meanwhile: it has version {version} now"),
    )
}
