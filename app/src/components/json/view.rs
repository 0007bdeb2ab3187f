//! Shows a tree of JSON.

use std::sync::Arc;

use leptos::prelude::*;

use super::parse::{Node, parse};
use crate::{
    components::LinkButton,
    format::{bytes, count},
    view::{self, IntoPart, Part, el, show, show_some, tag},
};

/// Beyond this, JSON is shown as plain text.
const MAX_TREE: usize = 256 * 1_024;
/// How much of plain text is shown at first, in characters.
const FIRST_TEXT: usize = 4_000;
/// How many entries of one array or object are shown at first.
const FIRST_ENTRIES: usize = 100;
/// How many characters of a string are shown at first.
const FIRST_CHARS: usize = 1_000;
/// Strings up to this length, in bytes, can be looked for.
const LONGEST_NAMED: usize = 200;
/// JSON of at most so many lines is unfolded to the last one.
const SMALL: usize = 300;
/// In larger JSON, only parts of at most so many lines are unfolded.
const PART: usize = 12;

/// Makes what stands beside a value: given the keys that lead to it, joined by
/// dots, and the value as text.
pub(crate) type Beside = Arc<dyn Fn(&str, &str) -> Part + Send + Sync>;

/// Where a value stands.
#[derive(Clone)]
struct Place {
    /// The keys that lead to it, joined by dots.
    path: String,
    /// What stands beside values; nothing for those in lists, which have no name.
    beside: Option<Beside>,
}

impl Place {
    /// The place of a member, or of an item of a list.
    fn of(&self, key: Option<&str>) -> Self {
        let Some(key) = key else {
            return Self {
                path: String::new(),
                beside: None,
            };
        };
        let dot = if self.path.is_empty() { "" } else { "." };
        Self {
            path: format!("{}{dot}{key}", self.path),
            beside: self.beside.clone().filter(|_| is_plain(key)),
        }
    }
}

/// Whether a key can stand in a search.
fn is_plain(key: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '@' | '$');
    !key.is_empty() && key.chars().all(fits)
}

/// JSON with colours, in which arrays and objects can be folded. What is
/// folded is not in the document at all, so that megabytes cost nothing.
#[component]
pub(crate) fn Json(
    /// The JSON, as the client wrote it.
    text: String,
    /// What to do with the values that can be named.
    #[prop(optional)]
    beside: Option<Beside>,
) -> impl IntoView {
    if text.len() > MAX_TREE {
        return long_text(text, FIRST_TEXT, "json-plain");
    }
    match parse(&text) {
        Some(node) => {
            let limit = unfold_limit(node.lines());
            // The whole is unfolded however long it is.
            let place = Place {
                path: String::new(),
                beside: beside.filter(|_| matches!(node, Node::Map(_))),
            };
            el("div", "json", vec![entry(None, node, limit, true, &place)])
        }
        None => long_text(text, FIRST_TEXT, "json-plain"),
    }
}

/// Up to how many lines the parts of something are unfolded.
const fn unfold_limit(lines: usize) -> usize {
    if lines <= SMALL { SMALL } else { PART }
}

/// A line: `key: value`, and below it, if it is unfolded, what is in it.
fn entry(key: Option<String>, node: Node, limit: usize, outermost: bool, place: &Place) -> Part {
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
                place: place.clone(),
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
                place: place.clone(),
            }
            .into_view()
        }
        leaf => {
            let beside = beside(place, &leaf);
            let mut parts = key.map_or_else(Vec::new, key_view);
            parts.push(leaf_view(leaf));
            parts.extend(beside);
            el("div", "json-line", parts)
        }
    }
}

/// What stands beside a value, if it can be named and is short.
fn beside(place: &Place, leaf: &Node) -> Option<Part> {
    let beside = place.beside.as_ref()?;
    match leaf {
        Node::Text(text) if text.len() > LONGEST_NAMED || text.is_empty() => None,
        Node::Text(text) | Node::Number(text) => Some(beside(&place.path, text)),
        Node::Word(word) if word == "true" || word == "false" => Some(beside(&place.path, word)),
        Node::Word(_) | Node::List(_) | Node::Map(_) => None,
    }
}

fn key_view(key: String) -> Vec<Part> {
    vec![
        el("span", "json-key", vec![key.part()]),
        el("span", "json-mark", vec![": ".part()]),
    ]
}

fn leaf_view(node: Node) -> Part {
    match node {
        Node::Text(text) => long_text(text, FIRST_CHARS, "json-text"),
        Node::Number(text) => el("span", "json-number", vec![text.part()]),
        Node::Word(text) => el("span", "json-word", vec![text.part()]),
        Node::List(_) => el("span", "json-mark", vec!["[]".part()]),
        Node::Map(_) => el("span", "json-mark", vec!["{}".part()]),
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
    place: Place,
}

impl Folder {
    fn into_view(self) -> Part {
        let [left, right] = self.brackets;
        let noun = if left == "[" { "items" } else { "keys" };
        let size = count(self.entries.len());
        let limit = unfold_limit(self.lines);
        let entries = StoredValue::new(self.entries);
        let place = self.place;
        let unfolded = RwSignal::new(self.unfold);
        let toggle = move |event: leptos::ev::Event| {
            let open = event_target::<web_sys::HtmlElement>(&event).has_attribute("open");
            // The browser also tells of those that were open from the start.
            if open != unfolded.get_untracked() {
                unfolded.set(open);
            }
        };
        let mut summary = self.key.map_or_else(Vec::new, key_view);
        summary.push(el("span", "json-mark", vec![left.part()]));
        summary.push(el("span", "json-folded", vec![format!("{size} {noun}").part()]));
        summary.push(el("span", "json-mark json-folded", vec![right.part()]));
        let inside = show_some(move || {
            unfolded
                .get()
                .then(|| some_entries(entries.get_value(), limit, place.clone()))
        });
        tag("details")
            .class("json-folder")
            .when(self.unfold, "open")
            .on("toggle", toggle)
            .child(el("summary", "json-line", summary))
            .child(el("div", "json-inside", vec![inside.part()]))
            .child(el("div", "json-line json-mark", vec![right.part()]))
            .part()
    }
}

/// The first entries, and a button for the next.
fn some_entries(mut entries: Entries, limit: usize, place: Place) -> Part {
    let rest = entries.split_off(entries.len().min(FIRST_ENTRIES));
    let shown: Vec<Part> = entries
        .into_iter()
        .map(|(key, node)| {
            let place = place.of(key.as_deref());
            entry(key, node, limit, false, &place)
        })
        .collect();
    if rest.is_empty() {
        return shown.part();
    }
    let left = count(rest.len());
    let rest = StoredValue::new(rest);
    let more = RwSignal::new(false);
    let tail = show(move || {
        if more.get() {
            return some_entries(rest.get_value(), limit, place.clone());
        }
        let label = format!("show more ({left} left)");
        view! { <LinkButton label on_press=move |()| more.set(true)/> }.part()
    });
    vec![shown.part(), tail.part()].part()
}

/// Text of which only the beginning is shown until one asks for all of it.
fn long_text(text: String, limit: usize, class: &'static str) -> Part {
    let cut = text.char_indices().nth(limit).map(|(at, _)| at);
    let Some(cut) = cut else {
        return el("span", class, vec![text.part()]);
    };
    let size = bytes(text.len());
    let head = text.get(..cut).unwrap_or_default().to_owned();
    let all = RwSignal::new(false);
    let shown = view::text(move || if all.get() { text.clone() } else { format!("{head}…") });
    let more = show_some(move || {
        let label = format!("show all ({size})");
        (!all.get()).then(|| view! { <LinkButton label on_press=move |()| all.set(true)/> }.part())
    });
    vec![el("span", class, vec![shown.part()]), " ".part(), more.part()].part()
}
