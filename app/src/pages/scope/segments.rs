//! A choice between a few words, in the address.

use leptos::prelude::*;

use super::Scope;
use crate::view::{IntoPart, Part, tag};

/// What may be chosen for a parameter of the address: each word as it stands
/// there, and for people. Links, so that they work before the page is alive.
pub(crate) fn segments(
    scope: Scope,
    label: &'static str,
    parameter: &'static str,
    words: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> Part {
    let chosen = scope.parameter(parameter);
    let links = words.into_iter().map(|(word, label)| {
        tag("a")
            .class("segment")
            .text("href", move || scope.with(&[(parameter, word)]))
            .attr("data-noscroll", "")
            .word("aria-current", move || (*chosen.read() == word).then_some("true"))
            .child(label.part())
            .part()
    });
    tag("nav")
        .class("segments")
        .attr("aria-label", label)
        .children(links.collect())
        .part()
}
