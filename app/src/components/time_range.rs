//! The time range of a page.

use eventglass_model::{TimeBound, Timestamp};
use leptos::{ev, prelude::*};

use super::{ButtonKind, Glyph, Icon, Menu, MenuItem};
use crate::{
    browser,
    format::{Civil, time_text},
    hydration::use_hydrated,
    view::{IntoPart, Part, el, make, tag, text},
};

/// Spans that end now, in seconds.
const PRESETS: &[(u32, &str)] = &[
    (900, "Last 15 minutes"),
    (3_600, "Last hour"),
    (21_600, "Last 6 hours"),
    (86_400, "Last 24 hours"),
    (604_800, "Last 7 days"),
    (2_592_000, "Last 30 days"),
    (7_776_000, "Last 90 days"),
];

/// Names the field in which one writes a range.
const TYPED: &str = "range-typed";

/// From, to.
pub(crate) type Range = (Option<TimeBound>, Option<TimeBound>);

/// Chooses a time range.
#[component]
pub(crate) fn TimeRange(
    /// What is chosen.
    range: Memo<Range>,
    /// What no choice is called: `All time`.
    unset: &'static str,
    /// Chooses another.
    set: Callback<Range>,
) -> impl IntoView {
    let hydrated = use_hydrated();
    let open = RwSignal::new(false);
    let label = move || range_label(range.get(), unset, hydrated.get());
    let button = make(move || {
        view! {
            <Icon glyph=Glyph::Clock/>
            <span class="truncate">{text(label)}</span>
            <Icon glyph=Glyph::ChevronDown/>
        }
        .part()
    });
    let set = Callback::new(move |chosen| {
        open.set(false);
        set.run(chosen);
    });
    let body = make(move || {
        let mut presets = vec![preset(range, set, None, unset)];
        for (seconds, label) in PRESETS {
            presets.push(preset(range, set, Some(*seconds), label));
        }
        vec![
            typed(range, set),
            el("div", "presets", presets),
            view! { <Between range set/> }.part(),
        ]
        .part()
    });
    view! { <Menu id="range" open button class="btn range-button" end=true body/> }
}

/// A range in words.
fn typed(range: Memo<Range>, set: Callback<Range>) -> Part {
    let fault = RwSignal::new(None::<&'static str>);
    let apply = move |event: ev::Event| {
        event.prevent_default();
        let text = browser::input(TYPED).map(|input| input.value()).unwrap_or_default();
        let now = Timestamp::from_micros(browser::now_millis().saturating_mul(1_000));
        let today = browser::local(now).minute_text();
        let today = today.get(..10).unwrap_or_default();
        match time_text::read(&text, today, &browser::local_to_timestamp) {
            Ok(range) => set.run((range.from, range.to)),
            Err(wrong) => fault.set(Some(wrong)),
        }
    };
    let (from, to) = range.get_untracked();
    let label = tag("label")
        .class("between-label")
        .attr("for", TYPED)
        .child("Time".part());
    let input = tag("input")
        .class("input")
        .attr("id", TYPED)
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("placeholder", "last 3h, yesterday, 10:00..11:00")
        .attr("aria-describedby", "range-fault")
        .word("aria-invalid", move || fault.get().map(|_| "true"))
        .attr("value", time_text::write(from, to));
    let wrong = tag("p")
        .class("form-error")
        .attr("id", "range-fault")
        .attr("role", "alert")
        .child(text(move || fault.get().unwrap_or_default().to_owned()).part());
    tag("form")
        .class("between range-typed")
        .on("submit", apply)
        .child(label.part())
        .child(el("div", "range-line", vec![input.part(), apply_button()]))
        .child(wrong.part())
        .part()
}

fn apply_button() -> Part {
    tag("button")
        .attr("type", "submit")
        .class(ButtonKind::Plain.class())
        .child("Apply".part())
        .part()
}

fn preset(range: Memo<Range>, set: Callback<Range>, seconds: Option<u32>, label: &'static str) -> Part {
    let from = seconds.map(TimeBound::Ago);
    let chosen = Signal::derive(move || range.get() == (from, None));
    view! { <MenuItem label chosen on_press=move |()| set.run((from, None))/> }.part()
}

/// A range of one's own.
#[component]
fn Between(range: Memo<Range>, set: Callback<Range>) -> impl IntoView {
    let fault = RwSignal::new(String::new());
    let apply = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let read = |name| browser::local_to_timestamp(&browser::field_of(&event, name));
        match (read("from"), read("to")) {
            (None, None) => fault.set("Give at least one of them.".to_owned()),
            (Some(from), Some(to)) if from >= to => fault.set("The start must be before the end.".to_owned()),
            (from, to) => set.run((from.map(TimeBound::At), to.map(TimeBound::At))),
        }
    };
    let (from, to) = range.get_untracked();
    let (from_text, to_text) = (input_text(from), input_text(to));
    view! {
        <form class="between" on:submit=apply novalidate>
            <label class="between-label">
                "From" <input class="input" type="datetime-local" step="1" name="from" value=from_text/>
            </label>
            <label class="between-label">
                "To" <input class="input" type="datetime-local" step="1" name="to" value=to_text/>
            </label>
            <p class="form-error" role="alert">
                {text(move || fault.get())}
            </p>
            {apply_button()}
        </form>
    }
    .part()
}

/// A moment for the input; a time ago is left empty.
fn input_text(bound: Option<TimeBound>) -> Option<String> {
    match bound? {
        TimeBound::At(time) => Some(browser::local(time).input_text()),
        TimeBound::Ago(_) => None,
    }
}

/// What is chosen, in a few words; in the viewer's zone once that is known.
fn range_label(range: Range, unset: &str, here: bool) -> String {
    let moment = |time: Timestamp| {
        let civil = if here { browser::local(time) } else { Civil::utc(time) };
        civil.minute_text()
    };
    let bound = |bound: TimeBound| match bound {
        TimeBound::At(time) => moment(time),
        TimeBound::Ago(0) => "now".to_owned(),
        TimeBound::Ago(_) => format!("{} ago", bound.to_string().trim_start_matches('-')),
    };
    match range {
        (None, None) => unset.to_owned(),
        (Some(from @ TimeBound::Ago(seconds)), None) => {
            let preset = PRESETS.iter().find(|(preset, _)| *preset == seconds);
            let other = || format!("Last {}", from.to_string().trim_start_matches('-'));
            preset.map_or_else(other, |(_, label)| (*label).to_owned())
        }
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
            assert_eq!(range_label((from, to), "All time", false), label);
        }
    }
}
