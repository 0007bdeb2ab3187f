//! Text of any length.

use leptos::prelude::*;

use crate::{
    components::LinkButton,
    format::bytes,
    view::{IntoPart, Part, el, show_some},
};

/// How much is shown at first, in bytes.
const FIRST: usize = 6_000;
/// How much is shown with each further press, in bytes.
const MORE: usize = 100_000;

/// Text of which only the beginning is in the document until one asks for
/// more. What is asked for comes in pieces, of which those out of sight cost
/// no layout (`content-visibility` in the style): megabytes do not freeze the page.
pub(in super::super) fn long_text(text: String) -> Part {
    let cut = if text.len() > FIRST + FIRST / 4 {
        boundary(&text, FIRST)
    } else {
        text.len()
    };
    let head = el(
        "div",
        "long",
        vec![text.get(..cut).unwrap_or_default().to_owned().part()],
    );
    if cut == text.len() {
        return head;
    }
    vec![head, rest(text, cut)].part()
}

/// What follows from a place on: the button, and once it is pressed, the next piece.
fn rest(text: String, from: usize) -> Part {
    let left = text.len() - from;
    let text = StoredValue::new(text);
    let all = RwSignal::new(None::<bool>);
    show_some(move || {
        if left == 0 {
            return None;
        }
        let Some(is_all) = all.get() else {
            let more = Callback::new(move |()| all.set(Some(false)));
            let whole = Callback::new(move |()| all.set(Some(true)));
            let mut buttons = Vec::new();
            if left > MORE {
                let label = format!("Show {} more", bytes(MORE));
                buttons.push(view! { <LinkButton label on_press=more/> }.part());
            }
            let label = format!("Show all ({} left)", bytes(left));
            buttons.push(view! { <LinkButton label on_press=whole/> }.part());
            return Some(el("div", "long-more", buttons));
        };
        let text = text.get_value();
        if !is_all {
            let to = boundary(&text, from + MORE);
            let piece = el(
                "div",
                "long",
                vec![text.get(from..to).unwrap_or_default().to_owned().part()],
            );
            return Some(vec![piece, rest(text, to)].part());
        }
        let mut pieces = Vec::new();
        let mut at = from;
        while at < text.len() {
            let to = boundary(&text, at + MORE);
            pieces.push(el(
                "div",
                "long",
                vec![text.get(at..to).unwrap_or_default().to_owned().part()],
            ));
            at = to;
        }
        Some(pieces.part())
    })
    .part()
}

/// Where to cut at a place or a little before it: at the end of a line, else
/// of a word, else of a letter.
fn boundary(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    let mut at = at;
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let from = at.saturating_sub(2_000);
    let tail = text.as_bytes().get(from..at).unwrap_or_default();
    let found = |byte: u8| tail.iter().rposition(|b| *b == byte).map(|place| from + place + 1);
    found(b'\n')
        .or_else(|| found(b' '))
        .filter(|cut| *cut > 0)
        .unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_lines_words_or_letters() {
        assert_eq!(boundary("abc", 10), 3);
        assert_eq!(boundary("one\ntwo three", 9), 4);
        assert_eq!(boundary("one two three", 9), 8);
        assert_eq!(boundary("ééééé", 5), 4);
    }
}
