//! `/api/v1/projects/{p}/metrics`, `/services` and `/budget`.

use eventglass_model::{MetricsQuery, ServicesQuery, encode_pairs};

use super::projects::project_path;

/// Series of measures over time ([`Metrics`](eventglass_model::Metrics)).
#[must_use]
pub fn metrics_path(project: &str, query: &MetricsQuery) -> String {
    format!("{}/metrics?{}", project_path(project), encode_pairs(query.to_pairs()))
}

/// How the services are doing ([`ServiceList`](eventglass_model::ServiceList)).
#[must_use]
pub fn services_path(project: &str, query: &ServicesQuery) -> String {
    format!("{}/services?{}", project_path(project), encode_pairs(query.to_pairs()))
}

/// What may be spent in a month, and what was ([`BudgetStatus`](eventglass_model::BudgetStatus)).
#[must_use]
pub fn budget_path(project: &str) -> String {
    format!("{}/budget", project_path(project))
}
