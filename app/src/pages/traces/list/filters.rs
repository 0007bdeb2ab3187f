//! What narrows the list. It is a form that works without scripts too: its
//! fields have the names of the API's parameters, and it gets this very page.

use eventglass_model::{TimeBound, TraceQuery, parse_decimal};
use leptos::{ev, prelude::*};

use super::state::Page;
use crate::{
    browser,
    components::{Glyph, Icon, LinkButton, Menu, MenuItem, hidden_inputs, pulse},
    pages::traces::areas::area_links,
    view::{IntoPart, Part, el, make, show, show_some, tag, text},
};

/// Spans that end now, in seconds.
const PRESETS: &[(Option<u32>, &str)] = &[
    (None, "All time"),
    (Some(900), "Last 15 minutes"),
    (Some(3_600), "Last hour"),
    (Some(86_400), "Last 24 hours"),
    (Some(604_800), "Last 7 days"),
    (Some(2_592_000), "Last 30 days"),
];

/// The fields of the form: their names and labels, and what they look like.
const FIELDS: [(&str, &str, &str); 8] = [
    ("name", "Name contains", "text"),
    ("service", "Service", "text"),
    ("model", "Model", "text"),
    ("user", "User", "text"),
    ("session", "Session", "text"),
    ("environment", "Environment", "text"),
    ("min_duration_ms", "At least, in ms", "number"),
    ("min_cost_usd", "Costs at least, in $", "number"),
];

/// Search, filters, time, and whether the list is live.
#[component]
pub(super) fn Toolbar() -> impl IntoView {
    let page = Page::from_context();
    let rest = vec![filters(page), time(page), live(page)];
    let parts = vec![
        area_links(page.slug, "traces"),
        search(page),
        el("div", "toolbar-rest", rest),
    ];
    el("div", "toolbar", parts)
}

fn search(page: Page) -> Part {
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let q = browser::field_of(&event, "q");
        page.narrow(|query| query.q = q);
    };
    // The form keeps the other filters where there are no scripts.
    let others = page.query.with_untracked(TraceQuery::to_pairs).into_iter();
    let others = hidden_inputs(others.filter(|(name, _)| *name != "q"));
    view! {
        <form class="search" role="search" method="get" on:submit=submit>
            <Icon glyph=Glyph::Search/>
            <input
                class="search-input"
                id="search"
                name="q"
                type="text"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="Search in all spans: words, \"phrases\", prefix*, or an id"
                aria-label="Search traces"
                aria-keyshortcuts="/"
                maxlength="1000"
                prop:value=text(move || page.query.read().q.clone())
                value=page.query.with_untracked(|query| query.q.clone())
            />
            {others}
        </form>
    }
    .part()
}

fn filters(page: Page) -> Part {
    let open = RwSignal::new(false);
    let button = make(|| {
        vec![
            view! { <Icon glyph=Glyph::Filter/> }.part(),
            el("span", "", vec!["Filters".part()]),
        ]
        .part()
    });
    let body = make(move || {
        let submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            open.set(false);
            let field = |name| browser::field_of(&event, name).trim().to_owned();
            let list = |name| Vec::from_iter(Some(field(name)).filter(|value| !value.is_empty()));
            let number = |name| parse_decimal(&field(name).replace(',', ".")).filter(|n| *n > 0.0);
            page.narrow(|query| {
                query.name = field("name");
                query.service = list("service");
                query.model = list("model");
                query.user = list("user");
                query.session = list("session");
                query.environment = list("environment");
                query.min_duration_ms = number("min_duration_ms");
                query.min_cost_usd = number("min_cost_usd");
                query.errors = field("errors") == "true";
            });
        };
        let now = page.query.get_untracked();
        let pairs = now.to_pairs();
        let fields = FIELDS.map(|(name, label, kind)| {
            let value = pairs
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.clone());
            let mode = if kind == "number" { "decimal" } else { "text" };
            let input = tag("input")
                .class("input")
                .attr("name", name)
                .attr("inputmode", mode)
                .attr("autocomplete", "off")
                .attr("value", value.unwrap_or_default());
            el("label", "between-label", vec![label.part(), input.part()])
        });
        let errors = tag("input")
            .attr("type", "checkbox")
            .attr("name", "errors")
            .attr("value", "true")
            .when(now.errors, "checked");
        let errors = el("label", "filter-check", vec![errors.part(), "Only with errors".part()]);
        view! {
            <form class="between filter-form" on:submit=submit>
                {errors}
                {fields.into_iter().collect::<Vec<Part>>()}
                <button type="submit" class="btn btn-primary">
                    "Apply"
                </button>
            </form>
        }
        .part()
    });
    view! { <Menu id="filters" open button class="btn" end=true body/> }.part()
}

fn time(page: Page) -> Part {
    let open = RwSignal::new(false);
    let label = move || {
        page.query.with(|query| match (query.from, query.to) {
            (None, None) => "All time".to_owned(),
            (Some(from @ TimeBound::Ago(seconds)), None) => {
                let preset = PRESETS.iter().find(|(preset, _)| *preset == Some(seconds));
                let other = || format!("Last {}", from.to_string().trim_start_matches('-'));
                preset.map_or_else(other, |(_, label)| (*label).to_owned())
            }
            (Some(from), None) => format!("Since {from}"),
            (None, Some(to)) => format!("Until {to}"),
            (Some(from), Some(to)) => format!("{from} – {to}"),
        })
    };
    let button = make(move || {
        vec![
            view! { <Icon glyph=Glyph::Clock/> }.part(),
            el("span", "truncate", vec![text(label).part()]),
            view! { <Icon glyph=Glyph::ChevronDown/> }.part(),
        ]
        .part()
    });
    let body = make(move || {
        let presets = PRESETS.iter().map(|(seconds, label)| {
            let from = seconds.map(TimeBound::Ago);
            let chosen = Signal::derive(move || page.query.with(|query| query.from == from && query.to.is_none()));
            let choose = Callback::new(move |()| {
                open.set(false);
                page.narrow(|query| {
                    query.from = from;
                    query.to = None;
                });
            });
            view! { <MenuItem label=*label chosen on_press=choose/> }.part()
        });
        let mut parts: Vec<Part> = presets.collect();
        parts.push(between(page, open));
        parts.part()
    });
    view! { <Menu id="range" open button class="btn range-button" end=true body/> }.part()
}

/// A range of one's own.
fn between(page: Page, open: RwSignal<bool>) -> Part {
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        open.set(false);
        let read = |name| browser::local_to_timestamp(&browser::field_of(&event, name)).map(TimeBound::At);
        page.narrow(|query| {
            query.from = read("from");
            query.to = read("to");
        });
    };
    let field = |name: &'static str, label: &'static str| {
        let input = tag("input")
            .class("input")
            .attr("type", "datetime-local")
            .attr("step", "1")
            .attr("name", name);
        el("label", "between-label", vec![label.part(), input.part()])
    };
    view! {
        <form class="between" on:submit=submit novalidate>
            {field("from", "From")}
            {field("to", "To")}
            <button type="submit" class="btn">
                "Apply"
            </button>
        </form>
    }
    .part()
}

fn live(page: Page) -> Part {
    let content = show(move || {
        if page.live.get() {
            vec![pulse(), "Live".part()].part()
        } else {
            vec![view! { <Icon glyph=Glyph::Pause/> }.part(), "Paused".part()].part()
        }
    });
    tag("button")
        .attr("type", "button")
        .word("class", move || {
            Some(if page.live.get() {
                "btn live is-live"
            } else {
                "btn live"
            })
        })
        .spelled("aria-pressed", move || page.live.get())
        .attr("aria-keyshortcuts", "p")
        .press(move |_| page.live.update(|live| *live = !*live))
        .child(content.part())
        .part()
}

/// A chip for each filter, which takes it away.
#[component]
pub(super) fn Chips() -> impl IntoView {
    let page = Page::from_context();
    show_some(move || {
        let query = page.query.get();
        let pairs = query.to_pairs();
        let chips: Vec<Part> = pairs
            .iter()
            .filter(|(name, _)| !matches!(*name, "from" | "to"))
            .map(|(name, value)| chip(page, name, value.clone()))
            .collect();
        (!chips.is_empty()).then(|| {
            let clear = Callback::new(move |()| {
                page.narrow(|query| {
                    *query = TraceQuery {
                        from: query.from,
                        to: query.to,
                        ..TraceQuery::default()
                    };
                });
            });
            tag("div")
                .class("chips")
                .attr("role", "group")
                .attr("aria-label", "Filters that are set")
                .children(chips)
                .child(view! { <LinkButton label="Clear all" on_press=clear/> }.part())
                .part()
        })
    })
}

fn chip(page: Page, name: &'static str, value: String) -> Part {
    let label = match name {
        "q" => "Search",
        "errors" => "Only with errors",
        _ => FIELDS
            .iter()
            .find(|(known, ..)| *known == name)
            .map_or(name, |(_, label, _)| label),
    };
    let shown = if name == "errors" { String::new() } else { value.clone() };
    let drop = move |_| {
        let kept = page.query.with_untracked(TraceQuery::to_pairs).into_iter();
        let kept = kept.filter(|(known, known_value)| *known != name || *known_value != value);
        let kept = kept.map(|(name, value)| (name.to_owned(), value));
        let query = TraceQuery::from_pairs(kept).unwrap_or_default();
        page.narrow(|now| *now = query);
    };
    tag("button")
        .attr("type", "button")
        .class("chip")
        .attr("title", "Take this filter away")
        .press(drop)
        .child(el("span", "chip-field", vec![label.part()]))
        .child(el("span", "truncate", vec![shown.part()]))
        .child(view! { <Icon glyph=Glyph::Close/> }.part())
        .part()
}
