//! The table of services.

use std::cmp::Ordering;

use eventglass_model::{ServiceHealth, ServiceList, ServicesQuery, encode_segment};
use leptos::prelude::*;

use super::status::status_mark;
use crate::{
    api,
    components::{
        EmptyState, Glyph, TableScroll, TimeStyle, TimeText,
        chart::{Better, delta, spark},
    },
    format::Unit,
    order::in_order,
    pages::scope::{Asked, Scope, ask, frame},
    view::{IntoPart, Part, el, show, tag, titled},
};

/// The columns: what they are called, and how they are named in the address.
const COLUMNS: [(&str, &str); 10] = [
    ("Service", "name"),
    ("Status", ""),
    ("Events", "events"),
    ("Per minute", ""),
    ("Over time", ""),
    ("Errors", "errors"),
    ("p50", "p50"),
    ("p95", "p95"),
    ("p99", "p99"),
    ("Last event", ""),
];

/// How each service is doing.
#[component]
pub(crate) fn ServicesPage() -> impl IntoView {
    let scope = Scope::provide("services");
    let asked = services(scope);
    frame(scope, "Services", move |_| {
        asked.show(move || {
            show(move || {
                asked
                    .latest
                    .with(|list| list.as_ref().map(|list| table(scope, list)).part())
            })
            .part()
        })
    })
}

/// All services over the time of the page.
pub(super) fn services(scope: Scope) -> Asked<ServiceList> {
    ask(scope.refresh, move || {
        let (from, to) = scope.range.get();
        let environment = Some(scope.environment.get()).filter(|name| !name.is_empty());
        let query = ServicesQuery {
            from,
            to,
            environment,
            limit: None,
        };
        api::services_path(&scope.slug.read(), &query)
    })
}

fn table(scope: Scope, list: &ServiceList) -> Part {
    if list.items.is_empty() {
        let body = el(
            "p",
            "",
            vec!["Events name their service in the field service; OpenTelemetry does so by service.name.".part()],
        );
        return view! { <EmptyState glyph=Glyph::Sliders title="No services in this time" body/> }.part();
    }
    let sort = scope.parameter("sort");
    let value: Option<fn(&ServiceHealth) -> Option<f64>> = match sort.read().as_str() {
        "errors" => Some(|item| item.error_rate),
        "p50" => Some(|item| item.p50_ms),
        "p95" => Some(|item| item.p95_ms),
        "p99" => Some(|item| item.p99_ms),
        _ => None,
    };
    let by_name = *sort.read() == "name";
    let items = in_order(
        list.items.iter().collect(),
        |a: &&ServiceHealth, b: &&ServiceHealth| match value {
            Some(value) => value(b).unwrap_or(-1.0).total_cmp(&value(a).unwrap_or(-1.0)),
            None if by_name => a.service.cmp(&b.service),
            // The busiest first: as they come.
            None => Ordering::Equal,
        },
    );
    let heads = COLUMNS.iter().map(|(label, key)| {
        let head = tag("th").attr("scope", "col");
        if key.is_empty() {
            return head.child((*label).part()).part();
        }
        let target = if *key == "events" { "" } else { key };
        let link = tag("a")
            .class("sort")
            .attr("href", scope.with(&[("sort", target)]))
            .attr("data-noscroll", "")
            .attr("title", "Sort by this")
            .child((*label).part());
        if *sort.read() == target {
            let order = if *key == "name" { "ascending" } else { "descending" };
            head.attr("aria-sort", order).child(link.part()).part()
        } else {
            head.child(link.part()).part()
        }
    });
    let heads = el("tr", "", heads.collect());
    let rows = items.into_iter().map(|item| row(scope, item)).collect();
    let table = tag("table")
        .class("table services")
        .attr("aria-label", "Services")
        .child(el("thead", "", vec![heads]))
        .child(el("tbody", "", rows))
        .part();
    let table = view! { <TableScroll label="Services, scrollable" table/> }.part();
    el("section", "panel", vec![table])
}

fn row(scope: Scope, item: &ServiceHealth) -> Part {
    let name = match &item.service {
        Some(name) => {
            let href = scope.link(&format!("services/{}", encode_segment(name)), &[]);
            tag("a")
                .class("name-link")
                .attr("href", href)
                .child(name.clone().part())
                .part()
        }
        None if item.other => "all others".part(),
        None => el("span", "faint", vec!["(none)".part()]),
    };
    let version = item.versions.first().map(|version| {
        let said = match item.versions.len() {
            1 => version.version.clone(),
            more => format!("{} and {} more", version.version, more - 1),
        };
        el("span", "cell-note", vec![said.part()])
    });
    let environments = item.environments.join(", ");
    let mut first = vec![name];
    first.extend(version);
    if !environments.is_empty() {
        first.push(el("span", "cell-note", vec![environments.part()]));
    }
    let number = |unit: Unit, value: Option<f64>| match value {
        Some(value) => titled("span", "", unit.exact(value), vec![unit.short(value).part()]),
        None => "–".part(),
    };
    let counts = |of: fn(u64, u64) -> u64| -> Vec<Option<f64>> {
        #[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 events")]
        item.points
            .iter()
            .map(|point| Some(of(point.count, point.errors) as f64))
            .collect()
    };
    let line = spark(&counts(|count, _| count), &counts(|_, errors| errors));
    let errors = vec![
        number(Unit::Share, item.error_rate),
        delta(Unit::Share, item.error_rate, item.previous_error_rate, Better::Less),
    ];
    let p95 = vec![
        number(Unit::Ms, item.p95_ms),
        delta(Unit::Ms, item.p95_ms, item.previous_p95_ms, Better::Less),
    ];
    let last = match item.last_seen {
        Some(time) => view! { <TimeText time style=TimeStyle::Ago/> }.part(),
        None => "–".part(),
    };
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 events")]
    let events = item.events as f64;
    let cells = [
        el("div", "cell-stack", first),
        status_mark(item.status),
        number(Unit::Count, Some(events)),
        number(Unit::Count, Some(item.per_minute)),
        line,
        el("div", "cell-stack", errors),
        number(Unit::Ms, item.p50_ms),
        el("div", "cell-stack", p95),
        number(Unit::Ms, item.p99_ms),
        last,
    ];
    el("tr", "", cells.map(|cell| el("td", "", vec![cell])).into())
}
