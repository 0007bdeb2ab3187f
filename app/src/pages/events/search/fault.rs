//! What is wrong with a search, and where.

use eventglass_model::search::SearchError;

use crate::{
    components::{Glyph, Icon},
    view::{IntoPart, Part, el, tag},
};
use leptos::prelude::*;

/// How much of the text before the fault is shown.
const BEFORE: usize = 24;

/// Names the line, for the box.
pub(super) const ID: &str = "search-fault";

/// The text with the fault pointed at, and what it is.
pub(super) fn fault_view(text: &str, error: &SearchError) -> Part {
    let (before, at, after) = excerpt(text, error);
    let place = if at.is_empty() {
        el("span", "q-here", vec!["\u{2038}".part()])
    } else {
        el("span", "q-wrong", vec![at.part()])
    };
    let said = error.message.clone();
    let position = format!("at character {}", error.position(text) + 1);
    tag("div")
        .class("search-fault")
        .attr("id", ID)
        .attr("role", "alert")
        .child(view! { <Icon glyph=Glyph::Alert/> }.part())
        .child(el("span", "", vec![said.part(), ", ".part(), position.part()]))
        .child(el("code", "search-excerpt", vec![before.part(), place, after.part()]))
        .part()
}

/// A piece of the text before, at and behind the fault.
fn excerpt(text: &str, error: &SearchError) -> (String, String, String) {
    let piece = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let (start, end) = (error.span.start.min(text.len()), error.span.end.min(text.len()));
    let head = piece(0, start);
    let skipped = head.chars().count().saturating_sub(BEFORE);
    let mut before: String = head.chars().skip(skipped).collect();
    if skipped > 0 {
        before.insert(0, '…');
    }
    let after: String = piece(end, text.len()).chars().take(BEFORE).collect();
    (before, piece(start, end).to_owned(), after)
}

#[cfg(test)]
mod tests {
    use eventglass_model::search;

    use super::*;

    #[test]
    fn points_at_the_fault() {
        let text = "card status:>=abc x";
        let error = search::parse(text).unwrap_err();
        let (before, at, after) = excerpt(text, &error);
        assert_eq!(
            (before.as_str(), at.as_str(), after.as_str()),
            ("card status:>=", "abc", " x")
        );
        let text = format!("{} service:", "é".repeat(50));
        let error = search::parse(&text).unwrap_err();
        let (before, at, _) = excerpt(&text, &error);
        assert!(before.starts_with("…é") && before.ends_with("service:") && at.is_empty());
    }
}
