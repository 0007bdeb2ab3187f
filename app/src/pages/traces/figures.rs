//! Figures of traces, written for people.

use eventglass_model::{Status, TraceSummary};
use leptos::prelude::*;

use crate::{
    components::{Badge, Glyph, Icon, Tone, pulse},
    format::{compact, exact_usd, grouped, usd},
    view::{IntoPart, Part, el, titled},
};

/// A number with its unit: `1 span`, `2 spans`.
pub(super) fn number_of(count: i64, one: &str, many: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{} {many}", grouped(count))
    }
}

/// What something cost: what is known of it, and whether that is all.
pub(super) fn cost(cost: Option<f64>, complete: bool) -> Part {
    match (cost, complete) {
        (None, true) => el("span", "muted", vec!["–".part()]),
        (None | Some(0.0), false) => unpriced("No price is known for its models"),
        (Some(cost), true) => titled("span", "", exact_usd(cost), vec![usd(cost).part()]),
        (Some(cost), false) => {
            let parts = vec![
                titled("span", "", exact_usd(cost), vec![usd(cost).part()]),
                " ".part(),
                unpriced("Some of its models have no known price: it cost more than this"),
            ];
            el("span", "", parts)
        }
    }
}

fn unpriced(why: &str) -> Part {
    titled("span", "unpriced", why.to_owned(), vec!["unpriced".part()])
}

/// How many tokens.
pub(super) fn tokens(head: &TraceSummary) -> Part {
    if head.tokens == 0 {
        return el("span", "muted", vec!["–".part()]);
    }
    let title = format!("{} in, {} out", grouped(head.input_tokens), grouped(head.output_tokens));
    titled("span", "", title, vec![compact(head.tokens).part()])
}

/// How many failed, with a mark, so that it is not the colour alone that says so.
pub(super) fn errors(count: i64) -> Part {
    if count == 0 {
        return el("span", "muted", vec!["0".part()]);
    }
    let icon = view! { <Icon glyph=Glyph::Alert/> }.part();
    el("span", "tr-error num", vec![icon, grouped(count).part()])
}

/// How it ended, or that it goes on.
pub(super) fn status(head: &TraceSummary) -> Part {
    if head.running {
        return el("span", "tr-running", vec![pulse(), "running".part()]);
    }
    match head.status {
        Status::Unset => el("span", "muted", vec!["–".part()]),
        Status::Ok => view! { <Badge word="ok"/> }.part(),
        Status::Error | Status::Timeout => view! { <Badge tone=Tone::Error word=head.status.as_str()/> }.part(),
    }
}
