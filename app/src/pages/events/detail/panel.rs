//! The panel beside the list; on a phone, a sheet over it.

use leptos::prelude::*;

use super::{
    super::{keyboard::step, list::row_id, state::Page},
    content::content,
};
use crate::{
    api::{self, ApiError, Fetched},
    browser,
    components::{CopyButton, ErrorView, Glyph, IconButton, Record, SkeletonLines, side_panel, wait},
    hydration::use_hydrated,
    view::{IntoPart, effect, memo, show_some},
};

/// Names the heading, which gets the focus when the panel opens.
const HEADING: &str = "event-panel";

/// The event that the address names.
#[component]
pub(in super::super) fn EventPanel() -> impl IntoView {
    let page = Page::from_context();
    // While it is being closed, it shows what it showed.
    let id = memo(move |before: Option<&String>| page.open.get().or_else(|| before.cloned()).unwrap_or_default());
    let event = Fetched::one(move || api::event_path(&page.slug.read(), &id.read()));
    let retry = Callback::new(move |()| event.refetch());
    let body = show_some(move || {
        let answer = event.text()?;
        let read = |json: String| Some((Record::read(&json)?, json));
        Some(
            match answer.and_then(|json| read(json).ok_or(ApiError::Unreadable(200))) {
                Ok((record, json)) => content(&record, json),
                Err(error) => view! { <ErrorView error retry/> }.part(),
            },
        )
    });

    // The focus follows into the panel and back to the row, unless the page
    // was opened with the panel.
    let arrived_later = use_hydrated().get_untracked();
    effect(move || {
        if arrived_later {
            // By the next frame it is in the document.
            request_animation_frame(|| browser::focus_id(HEADING));
        }
        on_cleanup(move || {
            if let Some(Some(id)) = page.cursor.try_get_untracked() {
                browser::focus_id(&row_id(&id));
            }
        });
    });

    let meanwhile = view! { <SkeletonLines count=14/> }.part();
    let link = Callback::new(move |()| format!("{}{}", browser::origin(), page.event_path(&id.read_untracked())));
    let close = Callback::new(move |()| page.close());
    let buttons = vec![
        view! { <IconButton glyph=Glyph::ChevronUp label="Previous event (k)" on_press=move |()| step(page, -1)/> }
            .part(),
        view! { <IconButton glyph=Glyph::ChevronDown label="Next event (j)" on_press=move |()| step(page, 1)/> }.part(),
        view! { <CopyButton what=link label="Copy the link" glyph=Glyph::Link/> }.part(),
        view! { <IconButton glyph=Glyph::Close label="Close (Esc)" on_press=close/> }.part(),
    ];
    let body = vec![wait(meanwhile, body, RwSignal::new(false))];
    side_panel(HEADING, "Event", "The event's fields", buttons, body)
}
