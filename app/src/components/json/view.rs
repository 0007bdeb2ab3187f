//! Shows a tree of JSON.

use leptos::{html, prelude::*};

use super::parse::{Node, parse};
use crate::format::{bytes, grouped};

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
        return long_text(text, FIRST_TEXT, "json-plain").into_any();
    }
    match parse(&text) {
        Some(node) => {
            let limit = unfold_limit(node.lines());
            // The whole is unfolded however long it is.
            view! { <div class="json">{entry(None, node, limit, true)}</div> }.into_any()
        }
        None => long_text(text, FIRST_TEXT, "json-plain").into_any(),
    }
}

/// Up to how many lines the parts of something are unfolded.
const fn unfold_limit(lines: usize) -> usize {
    if lines <= SMALL { SMALL } else { PART }
}

/// A line: `key: value`, and below it, if it is unfolded, what is in it.
fn entry(key: Option<String>, node: Node, limit: usize, outermost: bool) -> AnyView {
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
            .into_any_view()
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
            .into_any_view()
        }
        leaf => view! {
            <div class="json-line">
                {key.map(key_view)}
                {leaf_view(leaf)}
            </div>
        }
        .into_any(),
    }
}

fn key_view(key: String) -> impl IntoView {
    view! {
        <span class="json-key">{key}</span>
        <span class="json-mark">": "</span>
    }
}

fn leaf_view(node: Node) -> AnyView {
    match node {
        Node::Text(text) => long_text(text, FIRST_CHARS, "json-text").into_any(),
        Node::Number(text) => view! { <span class="json-number">{text}</span> }.into_any(),
        Node::Word(text) => view! { <span class="json-word">{text}</span> }.into_any(),
        Node::List(_) => view! { <span class="json-mark">"[]"</span> }.into_any(),
        Node::Map(_) => view! { <span class="json-mark">"{}"</span> }.into_any(),
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
    fn into_any_view(self) -> AnyView {
        let [left, right] = self.brackets;
        let noun = if left == "[" { "items" } else { "keys" };
        let size = count_text(self.entries.len());
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
                    {move || unfolded.get().then(|| some_entries(entries.get_value(), limit))}
                </div>
                <div class="json-line json-mark">{right}</div>
            </details>
        }
        .into_any()
    }
}

/// The first entries, and a button for the next.
fn some_entries(mut entries: Entries, limit: usize) -> AnyView {
    let rest = entries.split_off(entries.len().min(FIRST_ENTRIES));
    let shown: Vec<AnyView> = entries
        .into_iter()
        .map(|(key, node)| entry(key, node, limit, false))
        .collect();
    if rest.is_empty() {
        return shown.into_any();
    }
    let left = count_text(rest.len());
    let rest = StoredValue::new(rest);
    let more = RwSignal::new(false);
    let tail = move || {
        if more.get() {
            return some_entries(rest.get_value(), limit);
        }
        view! {
            <button type="button" class="link" on:click=move |_| more.set(true)>
                {format!("show more ({left} left)")}
            </button>
        }
        .into_any()
    };
    (shown, tail).into_any()
}

fn count_text(count: usize) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Text of which only the beginning is shown until one asks for all of it.
fn long_text(text: String, limit: usize, class: &'static str) -> impl IntoView {
    let cut = text.char_indices().nth(limit).map(|(at, _)| at);
    let Some(cut) = cut else {
        return html::span().class(class).child(text).into_any();
    };
    let size = bytes(text.len());
    let head = text.get(..cut).unwrap_or_default().to_owned();
    let all = RwSignal::new(false);
    let text = StoredValue::new(text);
    view! {
        <span class=class>{move || if all.get() { text.get_value() } else { format!("{head}…") }}</span>
        " "
        <button type="button" class="link" hidden=move || all.get() on:click=move |_| all.set(true)>
            {format!("show all ({size})")}
        </button>
    }
    .into_any()
}
