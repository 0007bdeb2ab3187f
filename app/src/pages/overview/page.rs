//! The page.

use eventglass_model::{Measure, Metrics};
use leptos::prelude::*;

use super::{
    budget::{ask_budget, budget},
    empty::nothing_yet,
    numbers::numbers,
    top::{ask_tops, draw_tops},
};
use crate::{
    api,
    components::chart::{Hue, Shape, TimeChart},
    format::Unit,
    pages::scope::{Asked, Scope, ask, chart_panel, frame, over_time},
    view::{IntoPart, Part, el, memo, show_some},
};

/// All that the page asks of the project as a whole.
const MEASURES: [Measure; 9] = [
    Measure::Count,
    Measure::Errors,
    Measure::ErrorRate,
    Measure::P50,
    Measure::P95,
    Measure::P99,
    Measure::Cost,
    Measure::Tokens,
    Measure::Users,
];

/// How the project is doing.
#[component]
pub(crate) fn OverviewPage() -> impl IntoView {
    let scope = Scope::provide("overview");
    // Asked here and not where they are drawn, which the server does more than once.
    let whole: Asked<Metrics> = ask(scope.refresh, move || {
        let mut query = scope.metrics(&MEASURES, &[]);
        query.compare = true;
        api::metrics_path(&scope.slug.read(), &query)
    });
    let tops = ask_tops(scope);
    let spent = ask_budget(scope);
    frame(scope, "Overview", move |project| {
        if project.event_count == 0 && project.last_event_at.is_none() {
            return nothing_yet(scope);
        }
        vec![all(whole), draw_tops(scope, tops), budget(scope, spent)].part()
    })
}

fn all(asked: Asked<Metrics>) -> Part {
    asked.show(move || vec![numbers(asked), charts(asked)].part())
}

fn charts(asked: Asked<Metrics>) -> Part {
    let volume = memo(move |_| {
        asked.latest.with(|metrics| {
            let metrics = metrics.as_ref()?;
            let mut data = over_time(
                metrics,
                &[
                    (Measure::Errors, "Errors", Hue::Bad),
                    (Measure::Count, "Others", Hue::Good),
                ],
            );
            // Stacked, they are all events together.
            if let [errors, all] = data.series.as_mut_slice() {
                for (all, errors) in all.points.iter_mut().zip(&errors.points) {
                    *all = all.map(|all| all - errors.unwrap_or(0.0));
                }
                all.total = all.total.zip(errors.total).map(|(all, errors)| all - errors);
            }
            Some(data)
        })
    });
    let volume = memo(move |_| volume.get().unwrap_or_default());
    let of = move |measures: &'static [(Measure, &'static str, Hue)]| {
        memo(move |_| {
            asked
                .latest
                .with(|m| m.as_ref().map(|m| over_time(m, measures)).unwrap_or_default())
        })
    };
    let latency = of(&[
        (Measure::P50, "p50", Hue::Nth(0)),
        (Measure::P95, "p95", Hue::Nth(1)),
        (Measure::P99, "p99", Hue::Nth(2)),
    ]);
    let rate = of(&[(Measure::ErrorRate, "Error rate", Hue::Bad)]);
    let cost = of(&[(Measure::Cost, "Cost", Hue::Nth(3))]);
    let costs = memo(move |_| {
        cost.read()
            .series
            .iter()
            .any(|series| series.total.unwrap_or(0.0) > 0.0)
    });
    let chart =
        |id: &str, label: &str, shape, unit, data| chart_panel(label, TimeChart::new(id, label, shape, unit, data));
    let cost_chart = show_some(move || costs.get().then(|| chart("cost", "Cost", Shape::Area, Unit::Usd, cost)));
    vec![
        chart("volume", "Events", Shape::Bar, Unit::Count, volume),
        el(
            "div",
            "grid-2",
            vec![
                chart("latency", "Latency", Shape::Line, Unit::Ms, latency),
                chart("error-rate", "Error rate", Shape::Area, Unit::Share, rate),
            ],
        ),
        cost_chart.part(),
    ]
    .part()
}
