//! What the project may spend this month, and what it has spent.

use eventglass_model::BudgetStatus;
use leptos::prelude::*;

use crate::{
    api,
    format::{Unit, usd},
    pages::scope::{Asked, Scope, ask, panel},
    view::{IntoPart, Part, el, show_some, tag},
};

/// Asks for the month's budget.
pub(super) fn ask_budget(scope: Scope) -> Asked<BudgetStatus> {
    ask(scope.refresh, move || api::budget_path(&scope.slug.read()))
}

/// The month's budget; nothing where there is none and nothing was spent.
pub(super) fn budget(scope: Scope, asked: Asked<BudgetStatus>) -> Part {
    asked.show_extra(move || show_some(move || asked.latest.with(|status| drawn(scope, status.as_ref()?))).part())
}

fn drawn(scope: Scope, status: &BudgetStatus) -> Option<Part> {
    let spent = status.spent_usd.dollars();
    if status.budget.is_none() && spent == 0.0 {
        return None;
    }
    let forecast = status.forecast_usd.dollars();
    let said = |share: Option<f64>| {
        share
            .map(|percent| format!(" ({})", Unit::Share.short(percent / 100.0)))
            .unwrap_or_default()
    };
    let mut parts = vec![el(
        "p",
        "",
        vec![
            format!("Spent in {}: ", status.month).part(),
            el("strong", "num", vec![usd(spent).part()]),
            match &status.budget {
                Some(budget) => format!(
                    " of {}{}. ",
                    usd(budget.monthly_usd.dollars()),
                    said(status.spent_percent)
                ),
                None => ". ".to_owned(),
            }
            .part(),
            format!(
                "At this pace the month will cost {}{}.",
                usd(forecast),
                said(status.forecast_percent)
            )
            .part(),
        ],
    )];
    if let Some(percent) = status.spent_percent {
        let meter = tag("progress")
            .class(if percent >= 100.0 { "meter meter-full" } else { "meter" })
            .attr("max", "1000")
            .attr("value", thousandths(percent).to_string())
            .attr("aria-label", "How much of the budget is spent");
        parts.push(meter.part());
    }
    if status.unpriced_events > 0 {
        let link = tag("a")
            .class("link")
            .attr("href", format!("/p/{}/settings/pricing", scope.slug.get_untracked()))
            .child("Set their prices".part());
        let said = format!(
            "{} model calls of this month have no known price. ",
            status.unpriced_events
        );
        parts.push(el("p", "note", vec![said.part(), link.part()]));
    }
    Some(panel("Budget", None, el("div", "panel-body budget", parts)))
}

#[expect(clippy::cast_possible_truncation, reason = "0 to 1,000")]
fn thousandths(percent: f64) -> i64 {
    (percent * 10.0).clamp(0.0, 1_000.0) as i64
}
