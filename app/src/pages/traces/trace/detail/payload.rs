//! What went in and what came out.

use leptos::prelude::*;

use super::{
    super::state::Page,
    content::{json_section, section},
    diff::diff_view,
};
use crate::{
    browser::{self, Store},
    components::Record,
    json::from_text,
    pages::traces::{
        talk::{Speaker, conversation, long_text, messages_view, value_view},
        tree::Role,
    },
    view::{IntoPart, Part, effect, el, nothing, show, tag},
};

/// How input and output are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    /// As a conversation, where they are one.
    #[default]
    Talk,
    /// As a tree.
    Json,
    /// As they came.
    Raw,
    /// Beside those of the model call before.
    Diff,
}

impl Mode {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Talk, "Formatted"),
        (Self::Json, "JSON"),
        (Self::Raw, "Raw"),
        (Self::Diff, "Diff"),
    ];
}

/// Where the choice is kept.
const KEY: &str = "eg_payload";

/// Input and output, in the form that one has chosen.
pub(in super::super) fn payload_view(page: Page, event: &Record, id: &str) -> Part {
    let role = Role::of(&event.text("kind").unwrap_or_default());
    let [input, output] = ["input", "output"].map(|key| event.raw(key).map(str::to_owned));
    if input.is_none() && output.is_none() {
        return nothing();
    }
    let can_diff = role == Role::Model;
    let mode = RwSignal::new(Mode::default());
    effect(move || {
        let kept = browser::recall(Store::Browser, KEY);
        let known = Mode::ALL.into_iter().find(|(_, name)| kept.as_deref() == Some(*name));
        if let Some((kept, _)) = known.filter(|(kept, _)| *kept != Mode::Diff) {
            mode.set(kept);
        }
    });
    let modes = Mode::ALL
        .into_iter()
        .filter(|(mode, _)| can_diff || *mode != Mode::Diff);
    let buttons = modes.map(|(this, name)| {
        tag("button")
            .attr("type", "button")
            .class("segment")
            .spelled("aria-pressed", move || mode.get() == this)
            .press(move |_| {
                mode.set(this);
                browser::remember(Store::Browser, KEY, name);
            })
            .child(name.part())
            .part()
    });
    let switch = tag("div")
        .class("segments")
        .attr("role", "group")
        .attr("aria-label", "How input and output are shown")
        .children(buttons.collect());
    let id = id.to_owned();
    let event = event.copy_of(&["kind", "input", "output"]);
    let shown = show(move || match mode.get() {
        Mode::Talk => said(&event, true),
        Mode::Json => both(&event, |_, title, text| json_section(title, text)),
        Mode::Raw => both(&event, |_, title, text| {
            let shown = el("div", "json-plain", vec![long_text(text.clone())]);
            section(title, text, shown)
        }),
        Mode::Diff => diff_view(page, &id),
    });
    vec![el("div", "payload-switch", vec![switch.part()]), shown.part()].part()
}

/// Input and output as a conversation, or, of what is none, as values.
/// `wordy` has headings with sizes and buttons.
pub(in super::super) fn said(event: &Record, wordy: bool) -> Part {
    let role = Role::of(&event.text("kind").unwrap_or_default());
    let (went_in, came_out) = match role {
        Role::Tool => ("Arguments", "Result"),
        _ => ("Input", "Output"),
    };
    let side = |key: &str, title: &'static str, speaker| {
        let json = event.raw(key)?.to_owned();
        let messages = if role == Role::Tool {
            Vec::new()
        } else {
            conversation(&json, speaker)
        };
        let shown = if messages.is_empty() {
            let value = from_text::<String>(&json).unwrap_or_else(|_| json.clone());
            value_view(value)
        } else {
            messages_view(messages)
        };
        Some(if wordy {
            section(title, json, shown)
        } else {
            el(
                "section",
                "step-side",
                vec![el("h3", "facts-title", vec![title.part()]), shown],
            )
        })
    };
    let mut parts = Vec::from_iter(side("input", went_in, Speaker::User));
    parts.extend(side("output", came_out, Speaker::Assistant));
    parts.part()
}

fn both(event: &Record, shown: impl Fn(&Record, &'static str, String) -> Part) -> Part {
    let sides = [("input", "Input"), ("output", "Output")];
    let parts = sides
        .into_iter()
        .filter_map(|(key, title)| Some(shown(event, title, event.raw(key)?.to_owned())));
    parts.collect::<Vec<Part>>().part()
}
