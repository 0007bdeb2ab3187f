//! The page.

use eventglass_model::{Dimension, Interval, Measure, Metrics, MetricsQuery};
use leptos::prelude::*;

use super::{
    map::map,
    tables::{cities, countries},
};
use crate::{
    api,
    pages::scope::{Asked, Scope, ask, frame, panel, segments},
    view::{IntoPart, Part, el, memo, show},
};

/// What can be shown, its word in the address first.
const SHOWN: [(&str, &str, Measure); 3] = [
    ("", "Events", Measure::Count),
    ("errors", "Errors", Measure::Errors),
    ("users", "Users", Measure::Users),
];

/// Where events come from: a map and tables.
#[component]
pub(crate) fn GeoPage() -> impl IntoView {
    let scope = Scope::provide("geo");
    let word = scope.parameter("show");
    let shown = memo(move |_| {
        let known = SHOWN.into_iter().find(|(known, ..)| *known == *word.read());
        known.map_or(Measure::Count, |(.., measure)| measure)
    });
    let of = move |group: &[Dimension], limit: usize| {
        // What is shown comes first: by that, groups are the greatest.
        let mut measures = vec![shown.get()];
        for measure in [Measure::Count, Measure::ErrorRate, Measure::P95, Measure::Users] {
            if !measures.contains(&measure) {
                measures.push(measure);
            }
        }
        let query = MetricsQuery {
            interval: Interval::None,
            limit: Some(limit),
            ..scope.metrics(&measures, group)
        };
        api::metrics_path(&scope.slug.read(), &query)
    };
    let by_country = ask::<Metrics>(scope.refresh, move || of(&[Dimension::Country], 200));
    let by_city = ask::<Metrics>(scope.refresh, move || of(&[Dimension::City, Dimension::Country], 50));
    frame(scope, "Map", move |_| body(scope, shown, by_country, by_city))
}

fn body(scope: Scope, shown: Memo<Measure>, by_country: Asked<Metrics>, by_city: Asked<Metrics>) -> Part {
    let drawn = by_country.show(move || {
        show(move || {
            by_country
                .latest
                .with(|metrics| metrics.as_ref().map(|metrics| map(scope, shown.get(), metrics)).part())
        })
        .part()
    });
    let list = by_country.show(move || {
        show(move || {
            by_country
                .latest
                .with(|m| m.as_ref().map(|m| countries(scope, m)).part())
        })
        .part()
    });
    let city_list =
        by_city.show(move || show(move || by_city.latest.with(|m| m.as_ref().map(|m| cities(scope, m)).part())).part());
    vec![
        el(
            "div",
            "tabs-line",
            vec![segments(
                scope,
                "Shown",
                "show",
                SHOWN.map(|(word, label, _)| (word, label)),
            )],
        ),
        el("section", "panel", vec![drawn]),
        el(
            "div",
            "grid-2",
            vec![panel("Countries", None, list), panel("Cities", None, city_list)],
        ),
    ]
    .part()
}
