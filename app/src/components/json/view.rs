//! Shows a tree of JSON.

use leptos::prelude::*;

use super::parse::{Node, parse};
use crate::{
    components::LinkButton,
    format::{bytes, count},
    view::{self, IntoPart, Part, show, show_some},
};

/// Beyond this, JSON is shown as plain text.
const MAX_TREE: usize = 256 * 1_024;
/// How much of plain text is shown at first, in characters.
const FIRST_TEXT: usize = 4_000;
/// How many entries of one array or object are shown at first.
const FIRST_ENTRIES: usize = 100;
/// How many characters of a string are shown at first.
const FIRST_CHARS: usize = 1_000;
/// JSON of at most so many lines is unfolded to the last one.
const SMALL: usize = 300;
/// In larger JSON, only parts of at most so many lines are unfolded.
const PART: usize = 12;

/// JSON with colours, in which arrays and objects can be folded. What is
/// folded is not in the document at all, so that megabytes cost nothing.
#[component]
pub(crate) fn Json(
    /// The JSON, as the client wrote it.
    text: String,
) -> impl IntoView {
    if text.len() > MAX_TREE {
        return long_text(text, FIRST_TEXT, "json-plain");
    }
    match parse(&text) {
        Some(node) => {
            let limit = unfold_limit(node.lines());
            // The whole is unfolded however long it is.
            view! { <div class="json">{entry(None, node, limit, true)}</div> }.part()
        }
        None => long_text(text, FIRST_TEXT, "json-plain"),
    }
}

/// Up to how many lines the parts of something are unfolded.
const fn unfold_limit(lines: usize) -> usize {
    if lines <= SMALL { SMALL } else { PART }
}

/// A line: `key: value`, and below it, if it is unfolded, what is in it.
fn entry(key: Option<String>, node: Node, limit: usize, outermost: bool) -> Part {
    let lines = node.lines();
    let unfold = outermost || lines <= limit;
    match node {
        Node::List(items) if !items.is_empty() => {
            let entries = items.into_iter().map(|item| (None, item)).collect();
            Folder {
                key,
                brackets: ["[", "]"],
                entries,
                lines,
                unfold,
            }
            .into_view()
        }
        Node::Map(entries) if !entries.is_empty() => {
            let entries = entries.into_iter().map(|(key, value)| (Some(key), value)).collect();
            Folder {
                key,
                brackets: ["{", "}"],
                entries,
                lines,
                unfold,
            }
            .into_view()
        }
        leaf => view! {
            <div class="json-line">
                {key.map(key_view)}
                {leaf_view(leaf)}
            </div>
        }
        .part(),
    }
}

fn key_view(key: String) -> Part {
    view! {
        <span class="json-key">{key}</span>
        <span class="json-mark">": "</span>
    }
    .part()
}

fn leaf_view(node: Node) -> Part {
    match node {
        Node::Text(text) => long_text(text, FIRST_CHARS, "json-text"),
        Node::Number(text) => view! { <span class="json-number">{text}</span> }.part(),
        Node::Word(text) => view! { <span class="json-word">{text}</span> }.part(),
        Node::List(_) => view! { <span class="json-mark">"[]"</span> }.part(),
        Node::Map(_) => view! { <span class="json-mark">"{}"</span> }.part(),
    }
}

type Entries = Vec<(Option<String>, Node)>;

/// An array or object with something in it.
struct Folder {
    key: Option<String>,
    brackets: [&'static str; 2],
    entries: Entries,
    lines: usize,
    unfold: bool,
}

impl Folder {
    fn into_view(self) -> Part {
        let [left, right] = self.brackets;
        let noun = if left == "[" { "items" } else { "keys" };
        let size = count(self.entries.len());
        let limit = unfold_limit(self.lines);
        let entries = StoredValue::new(self.entries);
        let unfolded = RwSignal::new(self.unfold);
        let toggle = move |event: leptos::ev::Event| {
            let open = event_target::<web_sys::HtmlElement>(&event).has_attribute("open");
            // The browser also tells of those that were open from the start.
            if open != unfolded.get_untracked() {
                unfolded.set(open);
            }
        };
        view! {
            <details class="json-folder" open=self.unfold on:toggle=toggle>
                <summary class="json-line">
                    {self.key.map(key_view)}
                    <span class="json-mark">{left}</span>
                    <span class="json-folded">{format!("{size} {noun}")}</span>
                    <span class="json-mark json-folded">{right}</span>
                </summary>
                <div class="json-inside">
                    {show_some(move || unfolded.get().then(|| some_entries(entries.get_value(), limit)))}
                </div>
                <div class="json-line json-mark">{right}</div>
            </details>
        }
        .part()
    }
}

/// The first entries, and a button for the next.
fn some_entries(mut entries: Entries, limit: usize) -> Part {
    let rest = entries.split_off(entries.len().min(FIRST_ENTRIES));
    let shown: Vec<Part> = entries
        .into_iter()
        .map(|(key, node)| entry(key, node, limit, false))
        .collect();
    if rest.is_empty() {
        return shown.part();
    }
    let left = count(rest.len());
    let rest = StoredValue::new(rest);
    let more = RwSignal::new(false);
    let tail = show(move || {
        if more.get() {
            return some_entries(rest.get_value(), limit);
        }
        let label = format!("show more ({left} left)");
        view! { <LinkButton label on_press=move |()| more.set(true)/> }.part()
    });
    (shown, tail).part()
}

/// Text of which only the beginning is shown until one asks for all of it.
fn long_text(text: String, limit: usize, class: &'static str) -> Part {
    let cut = text.char_indices().nth(limit).map(|(at, _)| at);
    let Some(cut) = cut else {
        return view! { <span class=class>{text}</span> }.part();
    };
    let size = bytes(text.len());
    let head = text.get(..cut).unwrap_or_default().to_owned();
    let all = RwSignal::new(false);
    let shown = view::text(move || if all.get() { text.clone() } else { format!("{head}…") });
    let more = show_some(move || {
        let label = format!("show all ({size})");
        (!all.get()).then(|| view! { <LinkButton label on_press=move |()| all.set(true)/> }.part())
    });
    view! {
        <span class=class>{shown}</span>
        " "
        {more}
    }
    .part()
}
