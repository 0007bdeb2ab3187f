//! The time range.

use eventglass_model::{EventQuery, TimeBound, Timestamp};
use leptos::{ev, html, prelude::*};

use super::super::state::Page;
use crate::{
    browser,
    components::{Button, ButtonKind, Glyph, Icon, Menu},
    format::Civil,
    hydration::use_hydrated,
};

/// Spans that end now, in seconds.
const PRESETS: &[(u32, &str, &str)] = &[
    (900, "15m", "Last 15 minutes"),
    (3_600, "1h", "Last hour"),
    (86_400, "24h", "Last 24 hours"),
    (604_800, "7d", "Last 7 days"),
    (2_592_000, "30d", "Last 30 days"),
];

/// Chooses when the events happened.
#[component]
pub(super) fn TimeRange() -> impl IntoView {
    let page = Page::from_context();
    let hydrated = use_hydrated();
    let open = RwSignal::new(false);
    let label = move || page.query.with(|query| range_label(query, hydrated.get()));
    let button = move || {
        view! {
            <Icon glyph=Glyph::Clock/>
            <span class="truncate">{label}</span>
            <Icon glyph=Glyph::ChevronDown/>
        }
    };
    let set = move |from, to| {
        open.set(false);
        page.narrow(|query| {
            query.from = from;
            query.to = to;
        });
    };
    let preset = move |seconds: Option<u32>, label: &'static str| {
        let from = seconds.map(TimeBound::Ago);
        let here = move || page.query.with(|query| query.from == from && query.to.is_none());
        view! {
            <button
                type="button"
                class="menu-item"
                aria-pressed=move || if here() { "true" } else { "false" }
                on:click=move |_| set(from, None)
            >
                <span>{label}</span>
                {move || here().then(|| view! { <Icon glyph=Glyph::Check/> })}
            </button>
        }
    };
    view! {
        <Menu open button class="btn range-button" end=true>
            {preset(None, "All time")}
            {PRESETS.iter().map(|(seconds, _, label)| preset(Some(*seconds), label)).collect_view()}
            <Between page set=Callback::new(move |(from, to)| set(from, to))/>
        </Menu>
    }
    .into_any()
}

/// A range of one's own.
#[component]
fn Between(page: Page, set: Callback<(Option<TimeBound>, Option<TimeBound>)>) -> impl IntoView {
    let from = NodeRef::<html::Input>::new();
    let to = NodeRef::<html::Input>::new();
    let fault = RwSignal::new(None::<&'static str>);
    let apply = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let read = |node: NodeRef<html::Input>| {
            let text = node.get_untracked().map(|input| input.value()).unwrap_or_default();
            browser::local_to_timestamp(&text)
        };
        match (read(from), read(to)) {
            (None, None) => fault.set(Some("Give at least one of them.")),
            (Some(from), Some(to)) if from >= to => fault.set(Some("The start must be before the end.")),
            (from, to) => set.run((from.map(TimeBound::At), to.map(TimeBound::At))),
        }
    };
    let (from_text, to_text) = page
        .query
        .with_untracked(|query| (input_text(query.from), input_text(query.to)));
    view! {
        <form class="between" on:submit=apply novalidate>
            <label class="between-label">
                "From" <input class="input" type="datetime-local" step="1" node_ref=from value=from_text/>
            </label>
            <label class="between-label">
                "To" <input class="input" type="datetime-local" step="1" node_ref=to value=to_text/>
            </label>
            <p class="form-error" role="alert">
                {move || fault.get()}
            </p>
            <Button kind=ButtonKind::Plain submit=true>
                "Apply"
            </Button>
        </form>
    }
    .into_any()
}

/// A moment for the input; a time ago is left empty.
fn input_text(bound: Option<TimeBound>) -> Option<String> {
    match bound? {
        TimeBound::At(time) => Some(browser::local(time).input_text()),
        TimeBound::Ago(_) => None,
    }
}

/// What is chosen, in a few words; in the viewer's zone once that is known.
fn range_label(query: &EventQuery, here: bool) -> String {
    let moment = |time: Timestamp| {
        let civil = if here { browser::local(time) } else { Civil::utc(time) };
        civil.minute_text()
    };
    let bound = |bound: TimeBound| match bound {
        TimeBound::At(time) => moment(time),
        TimeBound::Ago(0) => "now".to_owned(),
        TimeBound::Ago(_) => format!("{} ago", bound.to_string().trim_start_matches('-')),
    };
    match (query.from, query.to) {
        (None, None) => "All time".to_owned(),
        (Some(TimeBound::Ago(seconds)), None) => PRESETS.iter().find(|(preset, ..)| *preset == seconds).map_or_else(
            || format!("Last {}", bound(TimeBound::Ago(seconds)).trim_end_matches(" ago")),
            |(.., label)| (*label).to_owned(),
        ),
        (Some(from), None) => format!("Since {}", bound(from)),
        (None, Some(to)) => format!("Until {}", bound(to)),
        (Some(from), Some(to)) => format!("{} – {}", bound(from), bound(to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        let at = |text| Some(TimeBound::parse(text).unwrap());
        for (from, to, label) in [
            (None, None, "All time"),
            (at("-24h"), None, "Last 24 hours"),
            (at("-2h"), None, "Last 2h"),
            (at("2026-01-02T03:04:05Z"), None, "Since 2026-01-02 03:04"),
            (None, at("-1h"), "Until 1h ago"),
            (
                at("2026-01-02T03:04:05Z"),
                at("2026-01-03T00:00:00Z"),
                "2026-01-02 03:04 – 2026-01-03 00:00",
            ),
        ] {
            let query = EventQuery {
                from,
                to,
                ..EventQuery::default()
            };
            assert_eq!(range_label(&query, false), label);
        }
    }
}
