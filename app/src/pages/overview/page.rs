//! The page.

use eventglass_model::{Measure, Metrics};
use leptos::prelude::*;

use super::{
    budget::{ask_budget, budget},
    empty::nothing_yet,
    top::{ask_tops, draw_tops},
};
use crate::{
    api,
    components::chart::{Better, Hue, Shape, TimeChart},
    format::Unit,
    pages::scope::{Asked, LATENCY, Number, Scope, ask, chart_panel, frame, lines, numbers, over_time},
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

const NUMBERS: &[Number] = &[
    (Measure::Count, "Events", Unit::Count, Better::Neither),
    (Measure::ErrorRate, "Error rate", Unit::Share, Better::Less),
    (Measure::P50, "Latency, median", Unit::Ms, Better::Less),
    (Measure::P95, "95th percentile", Unit::Ms, Better::Less),
    (Measure::P99, "99th percentile", Unit::Ms, Better::Less),
    (Measure::Users, "Active users", Unit::Count, Better::Neither),
    (Measure::Tokens, "Tokens", Unit::Count, Better::Neither),
    (Measure::Cost, "Cost", Unit::Usd, Better::Less),
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
    asked.show(move || vec![numbers(asked, "panel stats stats-8", NUMBERS), charts(asked)].part())
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
    let latency = lines(asked, LATENCY);
    let rate = lines(asked, &[(Measure::ErrorRate, "Error rate", Hue::Bad)]);
    let cost = lines(asked, &[(Measure::Cost, "Cost", Hue::Nth(3))]);
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
