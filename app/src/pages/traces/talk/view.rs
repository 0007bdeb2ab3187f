//! Shows a conversation.

use leptos::prelude::*;

use super::{Message, Piece, Speaker, long::long_text};
use crate::{
    components::{CopyButton, Json, LinkButton},
    format::count,
    view::{IntoPart, Part, el, show, tag},
};

/// Of a longer conversation, the middle is folded.
const MOST: usize = 24;
/// How many messages of a long one are shown at its end.
const LAST: usize = 16;

/// What was said, one message below the other.
pub(in super::super) fn messages_view(messages: Vec<Message>) -> Part {
    if messages.len() <= MOST {
        return el("div", "talk", messages.into_iter().map(message_view).collect());
    }
    let mut first = messages;
    let last = first.split_off(first.len() - LAST);
    let middle = StoredValue::new(first.split_off(2));
    let hidden = middle.with_value(Vec::len);
    let open = RwSignal::new(false);
    let folded = show(move || {
        if open.get() {
            return middle
                .get_value()
                .into_iter()
                .map(message_view)
                .collect::<Vec<Part>>()
                .part();
        }
        let label = format!("{} messages in between", count(hidden));
        view! { <LinkButton label on_press=move |()| open.set(true)/> }.part()
    });
    let mut parts: Vec<Part> = first.into_iter().map(message_view).collect();
    parts.push(el("div", "talk-folded", vec![folded.part()]));
    parts.extend(last.into_iter().map(message_view));
    el("div", "talk", parts)
}

fn message_view(message: Message) -> Part {
    let copied = copy_of(&message);
    let copy = Callback::new(move |()| copied.clone());
    let head = vec![
        el("span", "said-by", vec![message.speaker.word().part()]),
        view! { <CopyButton what=copy label="Copy the message"/> }.part(),
    ];
    let mut parts = vec![el("header", "said-head", head)];
    parts.extend(message.pieces.into_iter().map(piece_view));
    tag("article")
        .class("said")
        .attr("data-speaker", token(message.speaker))
        .children(parts)
        .part()
}

const fn token(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::System => "system",
        Speaker::User => "user",
        Speaker::Assistant => "assistant",
        Speaker::Tool => "tool",
    }
}

fn piece_view(piece: Piece) -> Part {
    match piece {
        Piece::Text(text) => el("div", "said-text", vec![long_text(text)]),
        Piece::Thought(text) => {
            let summary = el("summary", "muted", vec!["Thinking".part()]);
            el("details", "said-thought", vec![summary, long_text(text)])
        }
        Piece::Call(name, arguments) => {
            let title = vec![
                el("span", "muted", vec!["calls ".part()]),
                el("b", "mono", vec![name.part()]),
            ];
            el(
                "div",
                "said-call",
                vec![el("div", "said-call-head", title), value_view(arguments)],
            )
        }
        Piece::Result(name, result) => {
            let title = vec![
                el("span", "muted", vec!["answer to ".part()]),
                el("span", "mono", vec![name.part()]),
            ];
            el(
                "div",
                "said-call",
                vec![el("div", "said-call-head", title), value_view(result)],
            )
        }
        Piece::Media(what) => el("div", "muted", vec![format!("[{what}]").part()]),
        Piece::Json(json) => view! { <Json text=json/> }.part(),
    }
}

/// JSON as such, and all else as text.
pub(in super::super) fn value_view(value: String) -> Part {
    let start = value.trim_start();
    if start.starts_with(['{', '[']) {
        view! { <Json text=value/> }.part()
    } else {
        el("div", "said-text", vec![long_text(value)])
    }
}

fn copy_of(message: &Message) -> String {
    let texts = message.pieces.iter().map(|piece| match piece {
        Piece::Text(text) | Piece::Thought(text) | Piece::Json(text) | Piece::Media(text) => text.clone(),
        Piece::Call(name, value) | Piece::Result(name, value) => format!("{name}: {value}"),
    });
    texts.collect::<Vec<String>>().join("\n")
}
