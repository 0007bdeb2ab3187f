//! `/api/v1/projects/{project}/prices` and `/budget`: what models cost, what
//! has no price, pricing the past again, and what a month costs.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventglass_engine::access::Role;
use eventglass_engine::cost::{PriceError, budget};
use eventglass_model::{
    BudgetStatus, FieldError, PriceChanged, PriceList, RecomputeJob, RecomputeRequest, RecomputeStatus, SetPrice,
    Timestamp, UnpricedList, loc,
};
use utoipa_axum::routes;

use super::page::TextPage;
use crate::http::error::ApiError;
use crate::http::extract::{Caller, JsonBody, Member, NoQuery, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::params::Page;
use crate::state::AppState;

/// Models that one job may be limited to.
const MODELS: usize = 100;

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(spent))
        .routes(routes!(list))
        .routes(routes!(unpriced))
        .routes(routes!(job, start, cancel))
        // Names of models have slashes in them.
        .routes(routes!(set, remove))
}

/// What this month costs, against the budget.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/budget",
    operation_id = "get_budget",
    responses((status = 200, body = BudgetStatus))
)]
async fn spent(State(state): State<AppState>, member: Member, _: NoQuery) -> Result<Json<BudgetStatus>, ApiError> {
    let policy = state.ingest.policies().of(member.project_id()).await?;
    let wanted = policy.settings.budget.clone();
    let now = state.clock.now();
    Ok(Json(
        budget(&state.metrics_reader, member.project_id(), wanted, now).await?,
    ))
}

/// What models cost.
///
/// `q` looks for a part of a name, an alias or a provider; `origin=project`
/// gives only models for which the project has set a price.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/prices",
    operation_id = "list_prices",
    params(
        Page,
        ("q" = Option<String>, Query, description = "Part of a name, an alias or a provider"),
        ("origin" = Option<String>, Query, description = "`project`: only with a price of the project's own", example = "project")
    ),
    responses((status = 200, body = PriceList))
)]
async fn list(State(state): State<AppState>, member: Member, mut pairs: Pairs) -> Result<Json<PriceList>, ApiError> {
    let search = pairs.take("q").unwrap_or_default();
    let own_only = match pairs.take("origin").as_deref() {
        None => false,
        Some("project") => true,
        Some(_) => {
            let msg = "must be project, or left out";
            return Err(ApiError::invalid(vec![FieldError::new(loc!["query", "origin"], msg)]));
        }
    };
    let page = TextPage::read(pairs)?;
    let prices = state.ingest.prices();
    let found = prices.list(
        member.project_id(),
        &search,
        own_only,
        page.cursor.as_deref(),
        page.limit,
    );
    let mut list = found.await?;
    list.next_cursor = list.next_cursor.map(|cursor| TextPage::token(&cursor));
    Ok(Json(list))
}

/// Models that were used and have no price.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/prices/unpriced",
    operation_id = "list_unpriced_models",
    params(Page),
    responses((status = 200, body = UnpricedList))
)]
async fn unpriced(State(state): State<AppState>, member: Member, pairs: Pairs) -> Result<Json<UnpricedList>, ApiError> {
    let page = TextPage::read(pairs)?;
    let after = page.cursor.unwrap_or_default();
    let found = state.ingest.prices().unpriced(member.project_id(), &after, page.limit);
    let mut list = found.await?;
    list.next_cursor = list.next_cursor.map(|cursor| TextPage::token(&cursor));
    Ok(Json(list))
}

/// Sets a price of the project's own; for admins.
#[utoipa::path(
    put,
    path = "/api/v1/projects/{project}/prices/{*model}",
    operation_id = "set_price",
    request_body = SetPrice,
    responses((status = 200, body = PriceChanged))
)]
async fn set(
    State(state): State<AppState>,
    member: Member,
    Caller(user): Caller,
    Path((_, model)): Path<(String, String)>,
    _: NoQuery,
    JsonBody(price): JsonBody<SetPrice>,
) -> Result<Json<PriceChanged>, ApiError> {
    let member = member.at_least(Role::Admin)?;
    let recompute = price.recompute;
    let prices = state.ingest.prices();
    let set = prices.set(member.project_id(), &model, price, &user.me.email).await?;
    let job = if recompute {
        Some(
            begin(
                &state,
                member.project_id(),
                std::slice::from_ref(&set.model),
                &user.me.email,
            )
            .await?,
        )
    } else {
        None
    };
    Ok(Json(PriceChanged { price: Some(set), job }))
}

/// Takes prices of the project's own away; for admins.
///
/// `provider` names one of several prices; `from` takes one period away
/// (`always`: that without a beginning), else all go.
#[utoipa::path(
    delete,
    path = "/api/v1/projects/{project}/prices/{*model}",
    operation_id = "remove_price",
    params(
        ("provider" = Option<String>, Query, description = "Whose price, where there are several"),
        ("from" = Option<String>, Query, description = "The beginning of one period, or `always`; all when absent", example = "always"),
        ("recompute" = Option<bool>, Query, description = "Whether to price the stored events of this model again")
    ),
    responses((status = 200, body = PriceChanged))
)]
async fn remove(
    State(state): State<AppState>,
    member: Member,
    Caller(user): Caller,
    Path((_, model)): Path<(String, String)>,
    mut pairs: Pairs,
) -> Result<Json<PriceChanged>, ApiError> {
    let member = member.at_least(Role::Admin)?;
    let provider = pairs.take("provider");
    let from = match pairs.take("from").as_deref() {
        None => None,
        Some("always") => Some(None),
        Some(text) => {
            let time = Timestamp::parse(text);
            let bad = |error| ApiError::invalid(vec![FieldError::new(loc!["query", "from"], error)]);
            Some(Some(time.map_err(bad)?))
        }
    };
    let recompute = pairs.flag("recompute")?;
    pairs.nothing_else()?;
    let prices = state.ingest.prices();
    let removed = prices
        .remove(member.project_id(), &model, provider.as_deref(), from)
        .await?;
    let price = removed.ok_or_else(|| ApiError::not_found("price of this project"))?;
    let job = if recompute {
        let model = model.trim().to_lowercase();
        Some(begin(&state, member.project_id(), &[model], &user.me.email).await?)
    } else {
        None
    };
    Ok(Json(PriceChanged { price, job }))
}

/// How far the job is that prices the past again.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/prices/recompute",
    operation_id = "get_recompute",
    responses((status = 200, body = RecomputeStatus))
)]
async fn job(State(state): State<AppState>, member: Member, _: NoQuery) -> Result<Json<RecomputeStatus>, ApiError> {
    let found = state.store.price_job(member.project_id()).await?;
    Ok(Json(RecomputeStatus {
        job: found.map(|found| found.job),
    }))
}

/// Prices stored events again, in the background; for admins.
#[utoipa::path(
    post,
    path = "/api/v1/projects/{project}/prices/recompute",
    operation_id = "start_recompute",
    request_body = RecomputeRequest,
    responses((status = 202, description = "Begun", body = RecomputeStatus))
)]
async fn start(
    State(state): State<AppState>,
    member: Member,
    Caller(user): Caller,
    _: NoQuery,
    JsonBody(request): JsonBody<RecomputeRequest>,
) -> Result<(StatusCode, Json<RecomputeStatus>), ApiError> {
    let member = member.at_least(Role::Admin)?;
    if request.models.len() > MODELS || request.models.iter().any(|model| model.chars().count() > 200) {
        let msg = format!("must be at most {MODELS} names of at most 200 characters");
        return Err(ApiError::invalid(vec![FieldError::new(loc!["body", "models"], msg)]));
    }
    let models: Vec<String> = request.models.iter().map(|model| model.trim().to_lowercase()).collect();
    let job = begin(&state, member.project_id(), &models, &user.me.email).await?;
    Ok((StatusCode::ACCEPTED, Json(RecomputeStatus { job: Some(job) })))
}

/// Of a job that is running already, one job is made.
async fn begin(state: &AppState, project_id: i64, models: &[String], by: &str) -> Result<RecomputeJob, ApiError> {
    let now = state.clock.now();
    state.store.start_price_job(project_id, models, by, now).await?;
    let found = state.store.price_job(project_id).await?;
    found
        .map(|found| found.job)
        .ok_or_else(|| ApiError::internal("a job that was just started is gone"))
}

/// Ends that job; what it has changed stays changed. For admins.
#[utoipa::path(
    delete,
    path = "/api/v1/projects/{project}/prices/recompute",
    operation_id = "cancel_recompute",
    responses((status = 200, body = RecomputeStatus))
)]
async fn cancel(State(state): State<AppState>, member: Member, _: NoQuery) -> Result<Json<RecomputeStatus>, ApiError> {
    let member = member.at_least(Role::Admin)?;
    if !state
        .store
        .cancel_price_job(member.project_id(), state.clock.now())
        .await?
    {
        return Err(ApiError::not_found("running job"));
    }
    let found = state.store.price_job(member.project_id()).await?;
    Ok(Json(RecomputeStatus {
        job: found.map(|found| found.job),
    }))
}

impl From<PriceError> for ApiError {
    fn from(error: PriceError) -> Self {
        let detail = error.to_string();
        match error {
            PriceError::Invalid(errors) => Self::invalid(errors),
            PriceError::TooMany => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many_prices", detail),
            PriceError::Store(error) => error.into(),
        }
    }
}
