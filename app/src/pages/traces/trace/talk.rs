//! What was said in a trace, call by call.

use eventglass_model::span_flags;
use leptos::prelude::*;

use super::{
    detail::{SpanText, read_span},
    rows::role_mark,
    state::Page,
};
use crate::{
    api,
    components::{Button, EmptyState, ErrorView, Glyph, LinkButton, SkeletonLines},
    format::{compact, count},
    pages::traces::{
        talk::{Message, Speaker, conversation, messages_view, value_view},
        tree::Role,
    },
    view::{IntoPart, Part, el, memo, nothing, show, tag},
};

/// How many calls are fetched at a time.
const SOME: usize = 6;

/// Every model call of the trace: what was new to the model, and what it said.
#[component]
pub(super) fn Talk() -> impl IntoView {
    let page = Page::from_context();
    let shown = RwSignal::new(SOME);
    let calls = memo(move |_| {
        let tree = page.tree.read();
        let steps = page.steps.read();
        let spans = steps.iter().map(|step| step.span);
        spans
            .filter(|span| tree.role(*span) == Role::Model)
            .collect::<Vec<usize>>()
    });
    let some = memo(move |_| {
        let calls = calls.read();
        let tree = page.tree.read();
        let ids = calls.iter().take(shown.get()).map(|span| tree.id(*span).to_owned());
        ids.collect::<Vec<String>>()
    });
    let rest = memo(move |_| calls.read().len().saturating_sub(shown.get()));
    let none = show(move || {
        if !calls.read().is_empty() {
            return nothing();
        }
        let body = el("p", "", vec!["No model was called in this trace.".part()]);
        view! { <EmptyState glyph=Glyph::Events title="No conversation" body/> }.part()
    });
    let more = show(move || match rest.get() {
        0 => nothing(),
        rest => {
            let label = format!("Show more ({} calls left)", count(rest));
            view! { <Button label on_press=move |()| shown.update(|n| *n += SOME)/> }.part()
        }
    });
    let cards = view! {
        <For each=move || some.get() key=Clone::clone children=move |id| call_card(page, id)/>
    }
    .part();
    tag("div")
        .class("talk-page")
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", "Conversation")
        .children(vec![none.part(), cards, el("div", "ev-footer", vec![more.part()])])
        .part()
}

fn call_card(page: Page, id: String) -> Part {
    let tree = page.tree.get_untracked();
    let Some(span) = tree.spans.position(&id) else {
        return nothing();
    };
    let mut head = vec![role_mark(tree.role(span))];
    if let Some(parent) = tree.spans.parent_of(span) {
        head.push(el(
            "span",
            "muted truncate",
            vec![format!("{} ›", tree.name(parent)).part()],
        ));
    }
    let link = tag("a")
        .class("link")
        .attr("href", page.span_href(span))
        .attr("data-noscroll", "")
        .child(tree.name(span).to_owned().part());
    head.push(link.part());
    head.push(el("span", "mono muted", vec![tree.model(span).to_owned().part()]));
    if tree.has(span, span_flags::ERROR) {
        head.push(el("span", "tr-error", vec!["failed".part()]));
    }
    let figures = [
        tree.duration_text(span),
        format!("{} tokens", compact(tree.tokens(span, false))),
        tree.cost_text(span, false),
    ];
    head.push(el("span", "grow", Vec::new()));
    head.push(el("span", "muted num", vec![figures.join(" · ").part()]));

    let path = api::span_path(&page.api.get_untracked(), &id);
    let again = RwSignal::new(0_u32);
    let answer = api::later(move || {
        again.track();
        Some(path.clone())
    });
    let retry = Callback::new(move |()| again.update(|n| *n += 1));
    let body = show(move || match answer.get().map(read_span) {
        None => view! { <SkeletonLines count=4/> }.part(),
        Some(Ok(SpanText::Here(record))) => {
            let event = record.within("event");
            event.map_or_else(nothing, |event| exchange(event.raw("input"), event.raw("output")))
        }
        Some(Ok(SpanText::Later)) => nothing(),
        Some(Err(error)) => view! { <ErrorView error retry/> }.part(),
    });
    let parts = vec![el("header", "call-head", head), body.part()];
    el("section", "call", parts)
}

/// What was new to the model since it last spoke, and what it said then. What
/// it was told before is folded: it stands in the call before.
fn exchange(input: Option<&str>, output: Option<&str>) -> Part {
    let mut parts = Vec::new();
    if let Some(input) = input {
        let mut messages = conversation(input, Speaker::User);
        if messages.is_empty() {
            parts.push(value_view(input.to_owned()));
        } else {
            let spoken = messages
                .iter()
                .rposition(|message| message.speaker == Speaker::Assistant);
            let new = messages.split_off(spoken.map_or(0, |at| at + 1));
            if !messages.is_empty() {
                parts.push(earlier(messages));
            }
            parts.push(messages_view(new));
        }
    }
    if let Some(output) = output {
        let messages = conversation(output, Speaker::Assistant);
        parts.push(if messages.is_empty() {
            value_view(output.to_owned())
        } else {
            messages_view(messages)
        });
    }
    parts.part()
}

fn earlier(messages: Vec<Message>) -> Part {
    let number = messages.len();
    let messages = StoredValue::new(messages);
    let open = RwSignal::new(false);
    let shown = show(move || {
        if open.get() {
            return messages_view(messages.get_value());
        }
        let label = if number == 1 {
            "1 earlier message".to_owned()
        } else {
            format!("{} earlier messages", count(number))
        };
        view! { <LinkButton label on_press=move |()| open.set(true)/> }.part()
    });
    el("div", "talk-folded", vec![shown.part()])
}
