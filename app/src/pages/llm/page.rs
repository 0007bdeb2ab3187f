//! The page.

use eventglass_model::{Dimension, Interval, MAX_GROUPS, Measure, Metrics, MetricsQuery, UnpricedList, search::any_of};
use leptos::prelude::*;

use super::{
    table::{Told, table},
    unpriced::{ask_unpriced, unpriced},
};
use crate::{
    api,
    components::{
        Glyph, Icon,
        chart::{Better, Shape, Slice, TimeChart, donut},
    },
    format::Unit,
    pages::scope::{Asked, LATENCY, Number, Scope, ask, by_group, chart_panel, frame, lines, numbers, panel, segments},
    view::{IntoPart, Part, el, memo, nothing, show, show_some, tag},
};

/// What is a call of a model.
const KINDS: [&str; 3] = ["llm", "embedding", "token_usage"];
/// How many groups have a series of their own: as many as there are colours.
const CHARTED: usize = 8;
/// How many groups the table has, at first and when one asks for more.
const ROWS: [usize; 3] = [12, 50, MAX_GROUPS];

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

/// What may be charted for each group, its word in the address first.
const CHARTS: [(&str, &str, Measure, Shape, Unit); 5] = [
    ("", "Cost", Measure::Cost, Shape::Bar, Unit::Usd),
    ("calls", "Calls", Measure::Count, Shape::Bar, Unit::Count),
    ("tokens", "Tokens", Measure::Tokens, Shape::Bar, Unit::Count),
    ("errors", "Errors", Measure::Errors, Shape::Bar, Unit::Count),
    ("latency", "Latency", Measure::P95, Shape::Line, Unit::Ms),
];

/// What of the calls is shown, and how; all of it is in the address.
#[derive(Clone, Copy)]
struct Chosen {
    /// What groups are made by.
    by: Memo<Dimension>,
    /// The only model, or nothing for all.
    model: Memo<String>,
    /// What is charted: a place in [`CHARTS`].
    chart: Memo<usize>,
    /// By what the table is sorted.
    sort: Memo<Measure>,
    /// How many rows it has.
    rows: Memo<usize>,
}

impl Chosen {
    fn of(scope: Scope) -> Self {
        let (by, chart) = (scope.parameter("by"), scope.parameter("chart"));
        let (sort, rows) = (scope.parameter("sort"), scope.parameter("rows"));
        Self {
            by: memo(move |_| {
                let known = BY.into_iter().find(|(word, ..)| *word == *by.read());
                known.map_or(Dimension::Model, |(.., dimension)| dimension)
            }),
            model: scope.parameter("model"),
            chart: memo(move |_| {
                let known = CHARTS.iter().position(|(word, ..)| *word == *chart.read());
                known.unwrap_or(0)
            }),
            sort: memo(move |_| {
                let known = GROUP_MEASURES.into_iter().find(|known| known.as_str() == *sort.read());
                known.unwrap_or(Measure::Cost)
            }),
            rows: memo(move |_| {
                let [first, more @ ..] = ROWS;
                let known = more.into_iter().find(|known| known.to_string() == *rows.read());
                known.unwrap_or(first)
            }),
        }
    }

    /// Narrows a question to calls of models.
    fn calls(self, query: MetricsQuery) -> MetricsQuery {
        MetricsQuery {
            kind: KINDS.map(str::to_owned).into(),
            model: Some(self.model.get())
                .filter(|model| !model.is_empty())
                .into_iter()
                .collect(),
            ..query
        }
    }
}

/// The search for calls of models.
pub(super) fn calls_of_models() -> String {
    any_of("kind", &KINDS.map(str::to_owned), false)
}

/// What models cost, how long they take, how often they fail.
#[component]
pub(crate) fn LlmPage() -> impl IntoView {
    let scope = Scope::provide("llm");
    let chosen = Chosen::of(scope);
    let whole = ask::<Metrics>(scope.refresh, move || {
        let mut measures: Vec<Measure> = NUMBERS.iter().map(|(measure, ..)| *measure).collect();
        measures.extend([Measure::P50, Measure::P99]);
        let query = MetricsQuery {
            compare: true,
            ..chosen.calls(scope.metrics(&measures, &[]))
        };
        api::metrics_path(&scope.slug.read(), &query)
    });
    let charted = ask::<Metrics>(scope.refresh, move || {
        let measure = CHARTS
            .get(chosen.chart.get())
            .map_or(Measure::Cost, |(_, _, measure, ..)| *measure);
        // The shares of the cost are those of the same groups, in the same colours.
        let mut measures = vec![measure, Measure::Cost];
        measures.dedup();
        let query = MetricsQuery {
            limit: Some(CHARTED),
            ..chosen.calls(scope.metrics(&measures, &[chosen.by.get()]))
        };
        api::metrics_path(&scope.slug.read(), &query)
    });
    let groups = ask::<Metrics>(scope.refresh, move || {
        // What it is sorted by comes first: by that, groups are the greatest.
        let first = chosen.sort.get();
        let mut measures = vec![first];
        measures.extend(GROUP_MEASURES.into_iter().filter(|measure| *measure != first));
        let query = MetricsQuery {
            interval: Interval::None,
            limit: Some(chosen.rows.get()),
            ..chosen.calls(scope.metrics(&measures, &[chosen.by.get()]))
        };
        api::metrics_path(&scope.slug.read(), &query)
    });
    let missing = ask_unpriced(scope);
    frame(scope, "Models", move |_| {
        body(scope, chosen, whole, charted, groups, missing)
    })
}

fn body(
    scope: Scope,
    chosen: Chosen,
    whole: Asked<Metrics>,
    charted: Asked<Metrics>,
    groups: Asked<Metrics>,
    missing: Asked<UnpricedList>,
) -> Part {
    let numbers = whole.show(move || numbers(whole, "panel stats", NUMBERS));
    let latency = whole.show(move || {
        chart_panel(
            "Latency",
            TimeChart::new("latency", "Latency", Shape::Line, Unit::Ms, lines(whole, LATENCY)),
        )
    });
    let chart = charted.show(move || show(move || over_time(scope, chosen.chart.get(), charted)).part());
    let shares = charted.show(move || panel("Share of the cost", None, show(move || shares(charted)).part()));
    let rows = groups.show(move || {
        show(move || {
            let told = Told {
                by: chosen.by.get(),
                sort: chosen.sort.get(),
                model: chosen.model.get(),
                more: ROWS.into_iter().find(|rows| *rows > chosen.rows.get()),
            };
            groups
                .latest
                .with(|m| m.as_ref().map(|m| table(scope, &told, m)).part())
        })
        .part()
    });
    vec![
        numbers,
        unpriced(scope, missing),
        tabs(scope, chosen),
        chart,
        el("div", "grid-2", vec![shares, latency]),
        rows,
    ]
    .part()
}

/// By what groups are made, and the model that all of it is about.
fn tabs(scope: Scope, chosen: Chosen) -> Part {
    let by = segments(scope, "Grouped by", "by", BY.map(|(word, label, _)| (word, label)));
    let model = show_some(move || {
        let name = chosen.model.get();
        (!name.is_empty()).then(|| {
            tag("a")
                .class("badge")
                .attr("href", scope.with(&[("model", "")]))
                .attr("title", "Show all models")
                .child(name.part())
                .child(view! { <Icon glyph=Glyph::Close/> }.part())
                .part()
        })
    });
    el(
        "div",
        "tabs-line",
        vec![el("span", "faint", vec!["By".part()]), by, model.part()],
    )
}

/// One measure of each group over time, and the choice of another.
fn over_time(scope: Scope, chart: usize, asked: Asked<Metrics>) -> Part {
    let Some((_, label, measure, shape, unit)) = CHARTS.get(chart).copied() else {
        return nothing();
    };
    let data = memo(move |_| {
        asked
            .latest
            .with(|m| m.as_ref().map(|m| by_group(m, measure)).unwrap_or_default())
    });
    let choice = segments(scope, "Charted", "chart", CHARTS.map(|(word, label, ..)| (word, label)));
    let title = if measure == Measure::P95 {
        "Latency, 95th percentile"
    } else {
        label
    };
    panel(
        title,
        Some(choice),
        TimeChart::new("groups", title, shape, unit, data).part(),
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
