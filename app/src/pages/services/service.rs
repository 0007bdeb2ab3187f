//! One service.

use eventglass_model::{
    Dimension, Interval, Measure, Metrics, MetricsQuery, ServiceHealth, ServiceList, encode_pairs, search::term,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{list::services, status::status_mark};
use crate::{
    api,
    components::{
        EmptyState, Glyph, TableScroll, TimeStyle, TimeText,
        chart::{Better, Hue, Shape, TimeChart},
    },
    format::{Unit, grouped},
    pages::scope::{Asked, LATENCY, Number, Scope, ask, chart_panel, frame_whole, head, lines, numbers, panel},
    view::{IntoPart, Part, el, memo, nothing, show, show_some, tag, text},
};

const NUMBERS: &[Number] = &[
    (Measure::Count, "Events", Unit::Count, Better::Neither),
    (Measure::ErrorRate, "Error rate", Unit::Share, Better::Less),
    (Measure::P50, "Latency, median", Unit::Ms, Better::Less),
    (Measure::P95, "95th percentile", Unit::Ms, Better::Less),
    (Measure::P99, "99th percentile", Unit::Ms, Better::Less),
    (Measure::Cost, "Cost", Unit::Usd, Better::Less),
];

/// How one service is doing, endpoint by endpoint.
#[component]
pub(crate) fn ServicePage() -> impl IntoView {
    let scope = Scope::provide("services");
    let params = use_params_map();
    let name = memo(move |_| params.read().get("service").unwrap_or_default());
    let of = move |query: MetricsQuery| MetricsQuery {
        service: vec![name.get()],
        ..query
    };
    let asked = ask::<Metrics>(scope.refresh, move || {
        let measures = [
            Measure::Count,
            Measure::Errors,
            Measure::ErrorRate,
            Measure::P50,
            Measure::P95,
            Measure::P99,
            Measure::Cost,
        ];
        let query = MetricsQuery {
            compare: true,
            ..of(scope.metrics(&measures, &[]))
        };
        api::metrics_path(&scope.slug.read(), &query)
    });
    let endpoints = ask::<Metrics>(scope.refresh, move || {
        let query = MetricsQuery {
            interval: Interval::None,
            limit: Some(50),
            ..of(scope.metrics(&ENDPOINT_MEASURES, &[Dimension::Endpoint]))
        };
        api::metrics_path(&scope.slug.read(), &query)
    });
    let all = services(scope);
    frame_whole(
        scope,
        move || name.get(),
        move |_| body(scope, name, asked, endpoints, all),
    )
}

fn body(
    scope: Scope,
    name: Memo<String>,
    asked: Asked<Metrics>,
    endpoints: Asked<Metrics>,
    all: Asked<ServiceList>,
) -> Part {
    let health = all.show(move || {
        let found = move |list: &ServiceList| {
            let is_it = |item: &&ServiceHealth| item.service.as_deref() == Some(name.read().as_str());
            list.items.iter().find(is_it).map(|item| seen(scope, item))
        };
        show_some(move || all.latest.with(|list| list.as_ref().and_then(found))).part()
    });
    let events = tag("a")
        .class("link")
        .text("href", move || scope.events(&[term("service", &name.read(), false)]))
        .child("Its events".part());
    let back = tag("a")
        .class("link")
        .text("href", move || scope.link("services", &[]))
        .child("All services".part());
    let title = head(scope, text(move || name.get()).part(), nothing());
    let known = el("div", "service-head", vec![health, events.part(), back.part()]);
    // Whether there is nothing to show: a name that nothing was sent by, for one.
    let is_unknown = memo(move |_| asked.latest.with(|metrics| metrics.as_ref().is_some_and(has_none)));
    let numbers = asked.show(move || {
        show(move || {
            if is_unknown.get() {
                unknown(scope, name)
            } else {
                vec![numbers(asked, "panel stats", NUMBERS), charts(asked)].part()
            }
        })
        .part()
    });
    let table = endpoints.show(move || {
        show(move || {
            endpoints
                .latest
                .with(|m| m.as_ref().map(|m| endpoint_table(scope, name, m)).part())
        })
        .part()
    });
    vec![title, known, numbers, panel("Endpoints", None, table)].part()
}

fn has_none(metrics: &Metrics) -> bool {
    let mut counts = metrics.series.iter().filter(|series| series.measure == Measure::Count);
    counts.all(|series| series.total.unwrap_or(0.0) == 0.0 && series.previous.unwrap_or(0.0) == 0.0)
}

/// Nothing came from it, now or in the period before.
fn unknown(scope: Scope, name: Memo<String>) -> Part {
    let said = text(move || format!("There are no events of {} in this time.", name.get()));
    let link = tag("a")
        .class("link")
        .text("href", move || {
            let q = term("service", &name.read(), false);
            format!("/p/{}/events?{}", scope.slug.read(), encode_pairs([("q", q)]))
        })
        .child("Look for them in all time".part());
    let body = el("p", "", vec![said.part(), " ".part(), link.part()]);
    view! { <EmptyState glyph=Glyph::Sliders title="Nothing of this service" body/> }.part()
}

/// Its status, versions and environments.
fn seen(scope: Scope, item: &ServiceHealth) -> Part {
    let mut parts = vec![status_mark(item.status)];
    for environment in &item.environments {
        let badge = tag("a")
            .class("badge")
            .attr("href", scope.with(&[("environment", environment)]))
            .attr("title", "Only this environment")
            .child(environment.clone().part());
        parts.push(badge.part());
    }
    for version in item.versions.iter().take(3) {
        let since = view! { <TimeText time=version.first_seen style=TimeStyle::Minute/> }.part();
        let said = format!(
            "{} ({} events, since ",
            version.version,
            grouped(i64::try_from(version.events).unwrap_or(i64::MAX))
        );
        parts.push(el("span", "cell-note", vec![said.part(), since, ")".part()]));
    }
    el("div", "service-seen", parts)
}

fn charts(asked: Asked<Metrics>) -> Part {
    let volume = lines(
        asked,
        &[
            (Measure::Count, "Events", Hue::Nth(0)),
            (Measure::Errors, "Errors", Hue::Bad),
        ],
    );
    let latency = lines(asked, LATENCY);
    let charts = vec![
        chart_panel(
            "Events",
            TimeChart::new("volume", "Events", Shape::Line, Unit::Count, volume),
        ),
        chart_panel(
            "Latency",
            TimeChart::new("latency", "Latency", Shape::Line, Unit::Ms, latency),
        ),
    ];
    el("div", "grid-2", charts)
}

const ENDPOINT_MEASURES: [Measure; 5] = [
    Measure::Count,
    Measure::ErrorRate,
    Measure::P50,
    Measure::P95,
    Measure::P99,
];

fn endpoint_table(scope: Scope, service: Memo<String>, metrics: &Metrics) -> Part {
    let heads = ["Endpoint", "Events", "Errors", "p50", "p95", "p99"];
    let groups = metrics.series.iter().filter(|series| series.measure == Measure::Count);
    let rows: Vec<Part> = groups
        .map(|group| {
            let same = |measure: Measure| {
                let mut all = metrics.series.iter();
                all.find(|s| s.measure == measure && s.values == group.values && s.other == group.other)
                    .and_then(|series| series.total)
            };
            let name = match group.values.first().cloned().flatten() {
                Some(endpoint) => {
                    let service = service.read();
                    let href = scope.events(&[term("service", &service, false), term("endpoint", &endpoint, false)]);
                    tag("a")
                        .class("name-link mono")
                        .attr("href", href)
                        .child(endpoint.part())
                        .part()
                }
                None if group.other => "all others".part(),
                None => el("span", "faint", vec!["(none)".part()]),
            };
            let said =
                |unit: Unit, value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| unit.short(value)).part();
            let cells = vec![
                name,
                said(Unit::Count, group.total),
                said(Unit::Share, same(Measure::ErrorRate)),
                said(Unit::Ms, same(Measure::P50)),
                said(Unit::Ms, same(Measure::P95)),
                said(Unit::Ms, same(Measure::P99)),
            ];
            el(
                "tr",
                "",
                cells.into_iter().map(|cell| el("td", "", vec![cell])).collect(),
            )
        })
        .collect();
    if rows.is_empty() {
        return el("p", "panel-none", vec!["None in this time.".part()]);
    }
    let heads = heads.map(|head| tag("th").attr("scope", "col").child(head.part()).part());
    let table = tag("table")
        .class("table")
        .attr("aria-label", "Endpoints")
        .child(el("thead", "", vec![el("tr", "", heads.into())]))
        .child(el("tbody", "", rows))
        .part();
    view! { <TableScroll label="Endpoints, scrollable" table/> }.part()
}
