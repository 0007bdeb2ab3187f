//! `/api/v1/projects/{project}/settings` and `/usage`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use eventglass_engine::access::Role;
use eventglass_engine::guard::{Month, Policy};
use eventglass_model::{
    Budget, Duplicates, FieldError, ProjectLimits, ProjectSettings, ProjectSettingsView, Timestamp, Usage, Usd, loc,
};
use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::http::error::ApiError;
use crate::http::extract::{JsonBody, Member, NoQuery};
use crate::http::openapi::ApiRouter;
use crate::state::AppState;

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(read, change))
        .routes(routes!(usage))
}

/// What is left out stays as it is; a limit that is `null` is taken away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProjectSettingsPatch)]
struct Patch {
    duplicates: Option<Duplicates>,
    limits: Option<PatchLimits>,
    trace_links: Option<bool>,
    plan: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Budget>)]
    budget: Option<Option<Budget>>,
}

/// Limits to change, as of [`ProjectLimits`].
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = ProjectLimitsPatch)]
struct PatchLimits {
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    key_requests_per_minute: Option<Option<u32>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    key_requests_per_second: Option<Option<u32>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    requests_per_minute: Option<Option<u32>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    requests_per_second: Option<Option<u32>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    events_per_minute: Option<Option<u32>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    source_events_per_minute: Option<Option<u32>>,
}

/// Tells `null` from absence.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// How a project takes events, its plan and its budget.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/settings",
    operation_id = "get_settings",
    responses((status = 200, body = ProjectSettingsView))
)]
async fn read(
    State(state): State<AppState>,
    member: Member,
    _: NoQuery,
) -> Result<Json<ProjectSettingsView>, ApiError> {
    let policy = state.ingest.policies().of(member.project_id()).await?;
    Ok(Json(view(&state, &policy)))
}

/// Changes settings; for admins.
///
/// What is left out stays as it is. The plan is changed by whoever runs the installation, with `X-Admin-Token`, or,
/// where no such token is set, by the project's owner.
#[utoipa::path(
    patch,
    path = "/api/v1/projects/{project}/settings",
    operation_id = "change_settings",
    params(("x-admin-token" = Option<String>, Header, description = "`admin_token` of the settings; only to change the plan")),
    request_body = Patch,
    responses((status = 200, body = ProjectSettingsView))
)]
async fn change(
    State(state): State<AppState>,
    member: Member,
    headers: HeaderMap,
    _: NoQuery,
    JsonBody(patch): JsonBody<Patch>,
) -> Result<Json<ProjectSettingsView>, ApiError> {
    let member = member.at_least(Role::Admin)?;
    let policies = state.ingest.policies();
    let policy = policies.of(member.project_id()).await?;
    let mut settings = policy.settings.clone();
    if let Some(duplicates) = patch.duplicates {
        settings.duplicates = duplicates;
    }
    if let Some(trace_links) = patch.trace_links {
        settings.trace_links = trace_links;
    }
    if let Some(limits) = patch.limits {
        settings.limits = merge(&settings.limits, &limits)?;
    }
    if let Some(budget) = patch.budget {
        budget.as_ref().map_or(Ok(()), check_budget)?;
        settings.budget = budget;
    }
    let project_id = member.project_id();
    let plan = match patch.plan {
        None => policy.plan_name.clone(),
        Some(plan) => {
            may_change_plan(&state, member, &headers)?;
            if !policies.plans().by_name.contains_key(&plan) {
                let known: Vec<&str> = policies.plans().by_name.keys().map(String::as_str).collect();
                let msg = format!("there is no such plan; there are: {}", known.join(", "));
                return Err(ApiError::invalid(vec![FieldError::new(loc!["body", "plan"], msg)]));
            }
            plan
        }
    };
    // The default is not written down, so that a project follows it when it changes.
    let stored = if plan == policies.plans().default { "" } else { &plan };
    policies.change(project_id, &settings, stored).await?;
    let policy = policies.of(project_id).await?;
    Ok(Json(view(&state, &policy)))
}

fn merge(old: &ProjectLimits, patch: &PatchLimits) -> Result<ProjectLimits, ApiError> {
    let mut errors = Vec::new();
    let mut limit = |name: &str, old: Option<u32>, patch: Option<Option<u32>>| {
        if patch == Some(Some(0)) {
            let msg = "must be at least 1, or null for no limit";
            errors.push(FieldError::new(loc!["body", "limits", name], msg));
        }
        patch.unwrap_or(old)
    };
    let limits = ProjectLimits {
        key_requests_per_minute: limit(
            "key_requests_per_minute",
            old.key_requests_per_minute,
            patch.key_requests_per_minute,
        ),
        key_requests_per_second: limit(
            "key_requests_per_second",
            old.key_requests_per_second,
            patch.key_requests_per_second,
        ),
        requests_per_minute: limit(
            "requests_per_minute",
            old.requests_per_minute,
            patch.requests_per_minute,
        ),
        requests_per_second: limit(
            "requests_per_second",
            old.requests_per_second,
            patch.requests_per_second,
        ),
        events_per_minute: limit("events_per_minute", old.events_per_minute, patch.events_per_minute),
        source_events_per_minute: limit(
            "source_events_per_minute",
            old.source_events_per_minute,
            patch.source_events_per_minute,
        ),
    };
    if errors.is_empty() {
        Ok(limits)
    } else {
        Err(ApiError::invalid(errors))
    }
}

fn check_budget(budget: &Budget) -> Result<(), ApiError> {
    const MOST: Usd = Usd::from_micros(1_000_000_000_000_000);
    let mut errors = Vec::new();
    if budget.monthly_usd <= Usd::ZERO || budget.monthly_usd > MOST {
        let msg = "must be more than 0, and at most a billion dollars";
        errors.push(FieldError::new(loc!["body", "budget", "monthly_usd"], msg));
    }
    let thresholds = &budget.thresholds_percent;
    let rising = thresholds.windows(2).all(|pair| pair.first() < pair.last());
    if thresholds.len() > 10 || !rising || !thresholds.iter().all(|percent| (1..=1_000).contains(percent)) {
        let msg = "must be at most ten percentages, rising, from 1 to 1,000";
        errors.push(FieldError::new(loc!["body", "budget", "thresholds_percent"], msg));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid(errors))
    }
}

/// The operator's token where there is one, else the owner's word.
fn may_change_plan(state: &AppState, member: Member, headers: &HeaderMap) -> Result<(), ApiError> {
    let expected = state.settings.admin_token.expose();
    if expected.is_empty() {
        return member.at_least(Role::Owner).map(|_| ());
    }
    let sent = headers.get("x-admin-token").map_or(&b""[..], |value| value.as_bytes());
    if bool::from(sent.ct_eq(expected.as_bytes())) {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::FORBIDDEN,
        "admin_token_required",
        "the plan is changed by whoever runs this installation, with X-Admin-Token",
    ))
}

fn view(state: &AppState, policy: &Policy) -> ProjectSettingsView {
    ProjectSettingsView {
        settings: ProjectSettings::clone(&policy.settings),
        plan: policy.plan_name.clone(),
        plans: state.ingest.policies().plans().by_name.keys().cloned().collect(),
    }
}

/// Events of this month, against the plan.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/usage",
    operation_id = "get_usage",
    responses((status = 200, body = Usage))
)]
async fn usage(State(state): State<AppState>, member: Member, _: NoQuery) -> Result<Json<Usage>, ApiError> {
    let policy = state.ingest.policies().of(member.project_id()).await?;
    let now: Timestamp = state.clock.now();
    let month = Month::of(now);
    let events = state.store.usage(member.project_id(), month.number()).await?;
    Ok(Json(Usage {
        plan: policy.plan_name.clone(),
        limits: policy.plan.clone(),
        month: month.to_string(),
        events,
        remaining: policy.plan.events_per_month.map(|most| most.saturating_sub(events)),
        resets_at: month.end(),
    }))
}
