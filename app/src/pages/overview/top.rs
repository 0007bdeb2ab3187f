//! The greatest: services, endpoints, errors, models.

use eventglass_model::{
    Dimension, Measure, Metrics, MetricsQuery, encode_segment,
    search::{ERRORS, term},
};
use leptos::prelude::*;

use crate::{
    api,
    components::chart::{BarItem, Hue, bar_list},
    format::Unit,
    pages::scope::{Asked, Scope, ask, panel},
    view::{IntoPart, Part, el, show, tag},
};

/// How many of each.
const MOST: usize = 6;

/// A list of the greatest groups.
struct Top {
    title: &'static str,
    dimension: Dimension,
    measures: &'static [Measure],
    unit: Unit,
    hue: Hue,
    /// Said beside it: another of the measures.
    note: Option<(Measure, Unit, &'static str)>,
    more: Option<&'static str>,
    href: fn(Scope, &str) -> String,
}

static TOPS: [Top; 4] = [
    Top {
        title: "Services",
        dimension: Dimension::Service,
        measures: &[Measure::Count, Measure::ErrorRate],
        unit: Unit::Count,
        hue: Hue::Good,
        note: Some((Measure::ErrorRate, Unit::Share, "errors")),
        more: Some("services"),
        href: |scope, name| scope.link(&format!("services/{}", encode_segment(name)), &[]),
    },
    Top {
        title: "Endpoints",
        dimension: Dimension::Endpoint,
        measures: &[Measure::Count, Measure::P95],
        unit: Unit::Count,
        hue: Hue::Good,
        note: Some((Measure::P95, Unit::Ms, "p95")),
        more: None,
        href: |scope, name| scope.events(&[term("endpoint", name, false)]),
    },
    Top {
        title: "Errors",
        dimension: Dimension::Name,
        measures: &[Measure::Errors],
        unit: Unit::Count,
        hue: Hue::Bad,
        note: None,
        more: Some("events"),
        href: |scope, name| {
            // What has no letter cannot be looked for.
            let name = if name.contains(char::is_alphanumeric) {
                term("name", name, false)
            } else {
                String::new()
            };
            scope.events(&[name, ERRORS.to_owned()])
        },
    },
    Top {
        title: "Models",
        dimension: Dimension::Model,
        measures: &[Measure::Cost, Measure::Count],
        unit: Unit::Usd,
        hue: Hue::Nth(3),
        note: Some((Measure::Count, Unit::Count, "calls")),
        more: Some("llm"),
        href: |scope, name| scope.link("llm", &[("model", name)]),
    },
];

/// Asks for all of them.
pub(super) fn ask_tops(scope: Scope) -> [Asked<Metrics>; 4] {
    [0, 1, 2, 3].map(|n| {
        ask(scope.refresh, move || {
            let query = TOPS.get(n).map(|kind: &Top| MetricsQuery {
                // One more, which may be those without a value.
                limit: Some(MOST + 1),
                ..scope.top(kind.measures, kind.dimension, MOST)
            });
            api::metrics_path(&scope.slug.read(), &query.unwrap_or_default())
        })
    })
}

/// All of them, two in a row.
pub(super) fn draw_tops(scope: Scope, asked: [Asked<Metrics>; 4]) -> Part {
    let lists = TOPS
        .iter()
        .zip(asked)
        .map(|(kind, asked)| top(scope, kind, asked))
        .collect();
    el("div", "grid-2", lists)
}

fn top(scope: Scope, kind: &'static Top, asked: Asked<Metrics>) -> Part {
    let list =
        asked.show(move || show(move || asked.latest.with(|m| m.as_ref().map(|m| list(scope, kind, m)).part())).part());
    let more = kind.more.map(|area| {
        tag("a")
            .class("link")
            .text("href", move || match area {
                "events" => scope.events(&[ERRORS.to_owned()]),
                area => scope.link(area, &[]),
            })
            .child("All".part())
            .part()
    });
    panel(kind.title, more, list)
}

fn list(scope: Scope, kind: &Top, metrics: &Metrics) -> Part {
    let first = kind.measures.first().copied();
    let groups = metrics
        .series
        .iter()
        .filter(|series| Some(series.measure) == first && !series.other);
    let items: Vec<BarItem> = groups
        .filter_map(|series| {
            let name = series.values.first()?.clone()?;
            let value = series.total.filter(|value| *value > 0.0)?;
            let note = kind.note.and_then(|(measure, unit, word)| {
                let same = |other: &&eventglass_model::MetricSeries| {
                    other.measure == measure && other.values == series.values && !other.other
                };
                let value = metrics.series.iter().find(same)?.total?;
                Some(el(
                    "span",
                    "bar-note",
                    vec![format!("{} {word}", unit.short(value)).part()],
                ))
            });
            Some(BarItem {
                href: Some((kind.href)(scope, &name)),
                name,
                value,
                text: (kind.unit.short(value), kind.unit.exact(value)),
                note,
                hue: kind.hue,
            })
        })
        .take(MOST)
        .collect();
    if items.is_empty() {
        return el("p", "panel-none", vec!["None in this time.".part()]);
    }
    bar_list(kind.title, items)
}
