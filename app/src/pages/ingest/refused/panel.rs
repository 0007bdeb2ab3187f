//! The panel beside the page; on a phone, a sheet over it.

use leptos::{prelude::*, task::spawn_local};

use super::{
    actions::{HEADING, Which},
    item::item,
};
use crate::{
    api::{self, ApiError, Fetched},
    browser,
    components::{Button, ErrorView, Glyph, IconButton, Record, SkeletonLines, TimeStyle, TimeText, side_panel, wait},
    format::grouped,
    hydration::use_hydrated,
    json::items,
    pages::ingest::state::Page,
    view::{IntoPart, Part, effect, el, memo, show, show_some, text},
    window::on_keys,
};

/// How many items are fetched at a time.
const PAGE_SIZE: u32 = 20;
/// How many items the API replays in one go.
const MOST_REPLAYED: i64 = 500;

/// What was refused for the reason that the address names.
#[component]
pub(in super::super) fn RefusedPanel() -> impl IntoView {
    let page = Page::from_context();
    let which: Which = expect_context();
    // While it is being closed, it shows what it showed.
    let reason = memo(move |before: Option<&String>| {
        let reason = page.reason.get();
        before.filter(|_| reason.is_empty()).cloned().unwrap_or(reason)
    });
    let first = Fetched::one(move || api::refused_path(&page.slug.read(), &reason.read(), PAGE_SIZE, None));
    let retry = Callback::new(move |()| first.refetch());
    first.again_when(which.reload);
    let body = show_some(move || {
        Some(match first.text()? {
            Ok(text) => found(page, which, text),
            Err(error) => view! { <ErrorView error retry/> }.part(),
        })
    });
    // It is known from another answer, which may come to the server after this
    // was drawn there: not before the browser has taken over.
    let here = use_hydrated();
    let standing = show_some(move || here.get().then(|| standing(page, &reason.read())).flatten());
    let lead = vec![
        el("h3", "detail-title", vec![text(move || reason.get()).part()]),
        el("p", "detail-line note", vec![standing.part()]),
    ];
    follow_focus();
    listen(page);
    let meanwhile = view! { <SkeletonLines count=14/> }.part();
    let close = Callback::new(move |()| page.close());
    let buttons = vec![
        view! { <IconButton glyph=Glyph::Refresh label="Look for newer ones" on_press=retry/> }.part(),
        view! { <IconButton glyph=Glyph::Close label="Close (Esc)" on_press=close/> }.part(),
    ];
    let parts = vec![
        el("div", "detail-lead", lead),
        wait(meanwhile, body, RwSignal::new(false)),
    ];
    side_panel(HEADING, "Refused", "What was refused", buttons, parts)
}

/// How many there are, and since when.
fn standing(page: Page, reason: &str) -> Option<Part> {
    let found = reason_of(&page.reasons.read(), reason)?;
    let time = found.moment("last_seen")?;
    let count = grouped(found.number("count"));
    let ago = view! { <TimeText time style=TimeStyle::Ago/> }.part();
    Some(el("span", "", vec![count.part(), " kept, the last ".part(), ago]))
}

/// What is known of a reason.
fn reason_of(reasons: &str, reason: &str) -> Option<Record> {
    let reasons = Record::read_list(reasons);
    reasons
        .into_iter()
        .find(|known| known.text("reason").as_deref() == Some(reason))
}

/// The first items, and what can be done with all. Drawn again only when they
/// are fetched again, not by each answer about the page's health: items must
/// not move under their reader's eyes.
fn found(page: Page, which: Which, text: String) -> Part {
    let Some(list) = Record::read(&text) else {
        let retry = Callback::new(move |()| which.reload.update(|n| *n += 1));
        return view! { <ErrorView error=ApiError::Unreadable(200) retry/> }.part();
    };
    if items(list.raw("items").unwrap_or_default()).is_empty() {
        return el("p", "panel-body note", vec![NOTHING.part()]);
    }
    let replay = Callback::new(move |()| which.replay(page, None));
    let many = reason_of(&page.reasons.read_untracked(), &page.reason.read_untracked())
        .is_some_and(|known| known.number("count") > MOST_REPLAYED);
    let label = if many { "Replay the newest 500" } else { "Replay all" };
    let buttons = vec![
        view! { <Button busy=which.busy glyph=Glyph::Refresh label on_press=replay/> }.part(),
        view! { <Button glyph=Glyph::Trash label="Delete all" on_press=move |()| which.ask(None)/> }.part(),
    ];
    vec![el("div", "refused-all", buttons), page_of(page, which, &list)].part()
}

const NOTHING: &str = "Nothing is kept that was refused for this reason: it was replayed, deleted, or is too old.";

/// Some items, and below them, when one asks, the next.
fn page_of(page: Page, which: Which, list: &Record) -> Part {
    let cards: Vec<Part> = items(list.raw("items").unwrap_or_default())
        .into_iter()
        .map(|json| item(page, which, json.to_owned()))
        .collect();
    let Some(cursor) = list.text("next_cursor") else {
        return cards.part();
    };
    let next = RwSignal::new(None::<String>);
    let more = Callback::new(move |()| {
        let path = api::refused_path(
            &page.slug.read_untracked(),
            &page.reason.read_untracked(),
            PAGE_SIZE,
            Some(&cursor),
        );
        spawn_local(async move {
            match api::get_text(path).await {
                Ok(text) => drop(next.try_set(Some(text))),
                Err(error) => which.failed(&error),
            }
        });
    });
    let rest = show(move || match next.get().and_then(|text| Record::read(&text)) {
        Some(list) => page_of(page, which, &list),
        None => el(
            "div",
            "ev-footer",
            vec![view! { <Button label="Load more" on_press=more/> }.part()],
        ),
    });
    vec![cards.part(), rest.part()].part()
}

/// The focus follows into the panel and back to the reason, unless the page
/// was opened with the panel.
fn follow_focus() {
    let arrived_later = use_hydrated().get_untracked();
    effect(move || {
        let from = browser::focused_id();
        if arrived_later {
            // By the next frame it is in the document.
            request_animation_frame(|| browser::focus_id(HEADING));
        }
        on_cleanup(move || {
            if let Some(id) = &from {
                browser::focus_id(id);
            }
        });
    });
}

/// Esc closes the panel.
fn listen(page: Page) {
    on_keys(move |event| {
        let closes = event.key() == "Escape";
        if closes {
            page.close();
        }
        closes
    });
}
