//! The page.

use eventglass_model::{Dimension, Measure, Metrics, MetricsQuery, UnpricedList};
use leptos::prelude::*;

use super::{
    table::table,
    unpriced::{ask_unpriced, unpriced},
};
use crate::{
    api,
    components::chart::{Better, Shape, Slice, TimeChart, donut},
    format::Unit,
    pages::scope::{Asked, LATENCY, Number, Scope, ask, by_group, chart_panel, frame, lines, numbers, panel},
    view::{IntoPart, Part, el, memo, show, tag},
};

/// What is a call of a model.
const KINDS: [&str; 3] = ["llm", "embedding", "token_usage"];
/// How many groups have a series of their own.
const GROUPS: usize = 12;

const NUMBERS: &[Number] = &[
    (Measure::Cost, "Cost", Unit::Usd, Better::Less),
    (Measure::Count, "Model calls", Unit::Count, Better::Neither),
    (Measure::TokensIn, "Tokens in", Unit::Count, Better::Neither),
    (Measure::TokensOut, "Tokens out", Unit::Count, Better::Neither),
    (Measure::ErrorRate, "Error rate", Unit::Share, Better::Less),
    (Measure::P95, "Latency, 95th percentile", Unit::Ms, Better::Less),
];

/// What groups are made by, its word in the address first.
const BY: [(&str, &str, Dimension); 5] = [
    ("", "Model", Dimension::Model),
    ("provider", "Provider", Dimension::Provider),
    ("user", "User", Dimension::UserId),
    ("session", "Session", Dimension::SessionId),
    ("service", "Service", Dimension::Service),
];

/// What is asked of each group; the table shows all of it.
pub(super) const GROUP_MEASURES: [Measure; 8] = [
    Measure::Cost,
    Measure::Count,
    Measure::ErrorRate,
    Measure::TokensIn,
    Measure::TokensOut,
    Measure::P50,
    Measure::P95,
    Measure::Unpriced,
];

/// What models cost, how long they take, how often they fail.
#[component]
pub(crate) fn LlmPage() -> impl IntoView {
    let scope = Scope::provide("llm");
    let whole = ask::<Metrics>(scope.refresh, move || {
        let mut measures: Vec<Measure> = NUMBERS.iter().map(|(measure, ..)| *measure).collect();
        measures.extend([Measure::P50, Measure::P99]);
        let query = MetricsQuery {
            compare: true,
            ..calls(scope.metrics(&measures, &[]))
        };
        api::metrics_path(&scope.slug.read(), &query)
    });
    let by = scope.parameter("by");
    let chosen = memo(move |_| {
        let known = BY.into_iter().find(|(word, ..)| *word == *by.read());
        known.map_or(Dimension::Model, |(.., dimension)| dimension)
    });
    let groups = ask::<Metrics>(scope.refresh, move || {
        let query = MetricsQuery {
            limit: Some(GROUPS),
            ..calls(scope.metrics(&GROUP_MEASURES, &[chosen.get()]))
        };
        api::metrics_path(&scope.slug.read(), &query)
    });
    let missing = ask_unpriced(scope);
    frame(scope, "Models", move |_| {
        body(scope, whole, groups, by, chosen, missing)
    })
}

fn calls(query: MetricsQuery) -> MetricsQuery {
    MetricsQuery {
        kind: KINDS.map(str::to_owned).into(),
        ..query
    }
}

fn body(
    scope: Scope,
    whole: Asked<Metrics>,
    groups: Asked<Metrics>,
    by: Memo<String>,
    chosen: Memo<Dimension>,
    missing: Asked<UnpricedList>,
) -> Part {
    let numbers = whole.show(move || numbers(whole, "panel stats", NUMBERS));
    let latency = whole.show(move || {
        chart_panel(
            "Latency",
            TimeChart::new("latency", "Latency", Shape::Line, Unit::Ms, lines(whole, LATENCY)),
        )
    });
    let charts = groups.show(move || {
        let of = move |measure: Measure| {
            memo(move |_| {
                groups
                    .latest
                    .with(|m| m.as_ref().map(|m| by_group(m, measure)).unwrap_or_default())
            })
        };
        chart_panel(
            "Cost",
            TimeChart::new("cost", "Cost", Shape::Bar, Unit::Usd, of(Measure::Cost)),
        )
    });
    let shares = groups.show(move || panel("Share of the cost", None, show(move || shares(groups)).part()));
    let rows = groups.show(move || {
        show(move || {
            groups
                .latest
                .with(|m| m.as_ref().map(|m| table(scope, chosen.get(), m)).part())
        })
        .part()
    });
    vec![
        numbers,
        unpriced(scope, missing),
        tabs(scope, by),
        charts,
        el("div", "grid-2", vec![shares, latency]),
        rows,
    ]
    .part()
}

/// By what groups are made. Links, so that they work before the page is alive.
fn tabs(scope: Scope, by: Memo<String>) -> Part {
    let links = BY.into_iter().map(|(word, label, _)| {
        tag("a")
            .class("segment")
            .text("href", move || scope.with(&[("by", word)]))
            .attr("data-noscroll", "")
            .word("aria-current", move || (*by.read() == word).then_some("true"))
            .child(label.part())
            .part()
    });
    let nav = tag("nav")
        .class("segments")
        .attr("aria-label", "Grouped by")
        .children(links.collect());
    el(
        "div",
        "tabs-line",
        vec![el("span", "faint", vec!["By".part()]), nav.part()],
    )
}

fn shares(groups: Asked<Metrics>) -> Part {
    let slices: Vec<Slice> = groups.latest.with(|metrics| {
        let data = metrics
            .as_ref()
            .map(|metrics| by_group(metrics, Measure::Cost))
            .unwrap_or_default();
        let known = data.series.into_iter().filter_map(|series| {
            let value = series.total.filter(|value| *value > 0.0)?;
            Some(Slice {
                name: series.name,
                value,
                hue: series.hue,
            })
        });
        known.collect()
    });
    if slices.is_empty() {
        return el(
            "p",
            "panel-none",
            vec!["Nothing with a known price in this time.".part()],
        );
    }
    donut("Share of the cost", Unit::Usd, slices)
}
