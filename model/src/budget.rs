//! What a project may spend in a month, and what it has spent.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, Usd};

/// What a project wants to spend on models in a calendar month (UTC). Nothing
/// is refused when it is exceeded: it is shown, and alerts can watch it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// How much, more than 0.
    pub monthly_usd: Usd,
    /// Percentages at which to take notice, rising, from 1 to 1,000; at most ten.
    #[serde(default = "default_thresholds")]
    pub thresholds_percent: Vec<u32>,
}

fn default_thresholds() -> Vec<u32> {
    vec![50, 80, 100]
}

/// What one day cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayCost {
    /// The beginning of the day, UTC.
    pub day: Timestamp,
    /// What the events of that day cost, as far as it is known.
    pub cost_usd: Usd,
}

/// Answer of `GET /api/v1/projects/{id}/budget`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BudgetStatus {
    /// The calendar month that is counted, `2026-11`.
    pub month: String,
    /// When the next one begins.
    pub resets_at: Timestamp,
    /// What the project wants to spend; `null` when it has no budget.
    pub budget: Option<Budget>,
    /// What the events of this month cost so far, as far as it is known.
    pub spent_usd: Usd,
    /// What the whole month will cost if the days to come cost what the last
    /// seven did (those of this month when it is younger).
    pub forecast_usd: Usd,
    /// `spent_usd` as a percentage of the budget.
    pub spent_percent: Option<f64>,
    /// `forecast_usd` as a percentage of the budget.
    pub forecast_percent: Option<f64>,
    /// Those thresholds that have been reached.
    pub reached_percent: Vec<u32>,
    /// Model calls of this month without a known cost: `spent_usd` is too low by them.
    pub unpriced_events: u64,
    /// Day by day, oldest first, days without cost left out; it begins up to seven days before the month.
    pub days: Vec<DayCost>,
    /// Whether there were more events than could be summed.
    pub partial: bool,
}
