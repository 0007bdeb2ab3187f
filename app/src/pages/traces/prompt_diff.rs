//! Two prompts, word by word.

use leptos::prelude::*;

use crate::{
    components::Record,
    format::count,
    view::{IntoPart, Part, el, show, tag},
};

/// Of what is the same, so many characters are shown before and after a change.
const AROUND: usize = 160;

/// The answer of `/traces/diff` ([`PromptDiff`](eventglass_model::PromptDiff)).
pub(super) fn prompt_diff(json: &str) -> Part {
    let Some(diff) = Record::read(json) else {
        return el("p", "muted", vec!["This cannot be read.".part()]);
    };
    let mut parts = Vec::new();
    if diff.value("coarse") == Some(true) {
        parts.push(el(
            "p",
            "muted",
            vec!["These are long: they are compared by lines, or in part.".part()],
        ));
    }
    let parameters = diff.list("parameters");
    if !parameters.is_empty() {
        let rows = parameters.iter().map(|parameter| {
            let side = |key| parameter.text(key).unwrap_or_else(|| "–".to_owned());
            let values = vec![
                el("del", "diff-removed mono", vec![side("a").part()]),
                " → ".part(),
                el("ins", "diff-added mono", vec![side("b").part()]),
            ];
            let name = parameter.text("name").unwrap_or_default();
            el(
                "div",
                "fact",
                vec![el("dt", "", vec![name.part()]), el("dd", "diff-values", values)],
            )
        });
        parts.push(heading("Parameters"));
        parts.push(el("dl", "", rows.collect()));
    }
    for (key, title) in [("input", "Input"), ("output", "Output")] {
        let pieces = diff.list(key);
        let changed = pieces
            .iter()
            .any(|piece| piece.text("change").as_deref() != Some("same"));
        parts.push(heading(title));
        if pieces.is_empty() || !changed {
            parts.push(el("p", "muted", vec!["No difference.".part()]));
            continue;
        }
        let last = pieces.len() - 1;
        let shown = pieces.iter().enumerate().map(|(at, piece)| {
            let text = piece.text("text").unwrap_or_default();
            match piece.text("change").as_deref() {
                Some("added") => el("ins", "diff-added", vec![text.part()]),
                Some("removed") => el("del", "diff-removed", vec![text.part()]),
                _ => same(text, at == 0, at == last),
            }
        });
        parts.push(tag("div").class("diff-text").children(shown.collect()).part());
    }
    parts.part()
}

fn heading(title: &'static str) -> Part {
    el("h3", "facts-title", vec![title.part()])
}

/// What is the same: its middle is folded, where it is long.
fn same(text: String, first: bool, last: bool) -> Part {
    let chars = text.chars().count();
    if chars <= 3 * AROUND {
        return text.part();
    }
    let at = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(at, _)| at);
    let head = if first { 0 } else { at(AROUND) };
    let tail = if last { text.len() } else { at(chars - AROUND) };
    let piece = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default().to_owned();
    let (before, middle, after) = (piece(0..head), piece(head..tail), piece(tail..text.len()));
    let open = RwSignal::new(false);
    let hidden = count(middle.chars().count());
    let middle = StoredValue::new(middle);
    let folded = show(move || {
        if open.get() {
            return middle.get_value().part();
        }
        tag("button")
            .attr("type", "button")
            .class("link diff-fold")
            .press(move |_| open.set(true))
            .child(format!("… {hidden} characters that are the same …").part())
            .part()
    });
    vec![before.part(), folded.part(), after.part()].part()
}
