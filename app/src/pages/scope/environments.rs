//! Which environment a page of numbers is about.

use eventglass_model::{Dimension, Measure, Metrics, MetricsQuery};
use leptos::prelude::*;

use super::Scope;
use crate::{
    api::{self, ApiResult, Fetched},
    components::{Glyph, Icon, Menu, SkeletonLines, wait},
    format::compact,
    view::{IntoPart, Part, el, make, show_some, tag, text},
};

/// The most environments that can be chosen.
const MOST: usize = 50;

/// Chooses the environment, among those that there are events of.
pub(super) fn environments(scope: Scope) -> Part {
    let open = RwSignal::new(false);
    let label = move || match scope.environment.get() {
        name if name.is_empty() => "All environments".to_owned(),
        name => name,
    };
    let button = make(move || {
        vec![
            el("span", "sr-only", vec!["Environment: ".part()]),
            el("span", "truncate", vec![text(label).part()]),
            view! { <Icon glyph=Glyph::ChevronDown/> }.part(),
        ]
        .part()
    });
    let body = make(move || {
        let found = Fetched::one(move || {
            let query = MetricsQuery {
                environment: Vec::new(),
                ..scope.top(&[Measure::Count], Dimension::Environment, MOST)
            };
            api::metrics_path(&scope.slug.read(), &query)
        });
        let list = show_some(move || Some(list(scope, open, found.read()?)));
        let meanwhile = view! { <SkeletonLines count=3/> }.part();
        vec![
            item(scope, open, String::new(), "All environments".to_owned(), None),
            wait(meanwhile, list, RwSignal::new(false)),
        ]
        .part()
    });
    view! { <Menu id="environment" open button class="btn" end=true body/> }.part()
}

fn list(scope: Scope, open: RwSignal<bool>, answer: ApiResult<Metrics>) -> Part {
    let metrics = match answer {
        Ok(metrics) => metrics,
        Err(error) => return el("p", "menu-note", vec![error.message().part()]),
    };
    let items: Vec<Part> = metrics
        .series
        .into_iter()
        .filter_map(|series| {
            let name = series.values.into_iter().next()??;
            #[expect(clippy::cast_possible_truncation, reason = "fewer than 2^53 events")]
            let events = series.total.map(|total| total as i64);
            Some(item(scope, open, name.clone(), name, events))
        })
        .collect();
    if items.is_empty() {
        return el("p", "menu-note", vec!["No event of this time names one.".part()]);
    }
    items.part()
}

fn item(scope: Scope, open: RwSignal<bool>, value: String, label: String, events: Option<i64>) -> Part {
    let (named, chosen) = (value.clone(), value);
    let link = tag("a")
        .class("menu-item")
        .text("href", move || scope.with(&[("environment", &named)]))
        .attr("data-noscroll", "")
        .word("aria-current", move || {
            (*scope.environment.read() == chosen).then_some("true")
        })
        .press(move |_| open.set(false))
        .child(el("span", "truncate", vec![label.part()]));
    let count = events.map(|events| el("span", "menu-what", vec![compact(events).part()]));
    link.children(count.into_iter().collect()).part()
}
