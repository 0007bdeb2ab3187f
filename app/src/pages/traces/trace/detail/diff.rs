//! What two calls of a model differ in.

use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    api,
    components::{ErrorView, SkeletonLines},
    pages::traces::{prompt_diff::prompt_diff, tree::Role},
    view::{IntoPart, Part, el, nothing, show, tag},
};

/// How many calls one can choose from.
const MOST: usize = 300;

/// The prompt of this call beside that of another, by default the one before.
pub(super) fn diff_view(page: Page, id: &str) -> Part {
    let tree = page.tree.get_untracked();
    let Some(this) = tree.spans.position(id) else {
        return nothing();
    };
    let calls: Vec<usize> = {
        let steps = page.steps.read_untracked();
        let spans = steps.iter().map(|step| step.span);
        spans.filter(|span| tree.role(*span) == Role::Model).collect()
    };
    let at = calls.iter().position(|span| *span == this);
    let before = at.and_then(|at| {
        let earlier = calls.get(..at)?;
        // Of the same agent, if it has called before.
        let parent = tree.spans.parent_of(this);
        let same = earlier.iter().rev().find(|span| tree.spans.parent_of(**span) == parent);
        same.or_else(|| earlier.last()).copied()
    });
    let others: Vec<usize> = calls.into_iter().filter(|span| *span != this).take(MOST).collect();
    let Some(other) = before.or_else(|| others.first().copied()) else {
        return el(
            "p",
            "facts muted",
            vec!["There is no other model call in this trace to compare with.".part()],
        );
    };
    let chosen = RwSignal::new(tree.id(other).to_owned());
    let options = others.into_iter().enumerate().map(|(n, span)| {
        let label = format!("{} · {} · {}", n + 1, tree.name(span), tree.model(span));
        tag("option")
            .attr("value", tree.id(span).to_owned())
            .when(span == other, "selected")
            .child(label.part())
            .part()
    });
    let select = tag("select")
        .class("input diff-choice")
        .attr("aria-label", "Compare with")
        .on("change", move |event| chosen.set(event_target_value(&event)))
        .children(options.collect());
    let this_id = id.to_owned();
    let again = RwSignal::new(0_u32);
    let diff = api::later(move || {
        again.track();
        Some(api::diff_path(&page.api.read(), &chosen.read(), &this_id, None))
    });
    let retry = Callback::new(move |()| again.update(|n| *n += 1));
    let body = show(move || match diff.get() {
        None => view! { <SkeletonLines count=8/> }.part(),
        Some(Ok(text)) => prompt_diff(&text),
        Some(Err(error)) => view! { <ErrorView error retry/> }.part(),
    });
    let label = el(
        "label",
        "diff-label",
        vec![el("span", "muted", vec!["Compared with".part()]), select.part()],
    );
    let parts = vec![label, body.part()];
    el("section", "facts", parts)
}
