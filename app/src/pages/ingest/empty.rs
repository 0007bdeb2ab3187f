//! Where nothing has ever come.

use leptos::prelude::*;

use super::state::Page;
use crate::{
    components::{ButtonKind, EmptyState, Glyph},
    view::{IntoPart, Part},
};

/// Says what to do.
pub(super) fn nothing_yet() -> Part {
    let slug = Page::from_context().slug.get();
    let (events, keys) = (format!("/p/{slug}/events"), format!("/p/{slug}/settings/keys"));
    let body = view! {
        <p class="waiting">
            <span class="pulse" aria-hidden="true"></span>
            "Waiting for the first request. It will appear here by itself."
        </p>
        <p>"Every request with a key of this project is counted here, whatever becomes of it."</p>
        <div class="empty-actions">
            <a class=ButtonKind::Primary.class() href=events>
                "How to send events"
            </a>
            <a class=ButtonKind::Plain.class() href=keys>
                "Keys"
            </a>
        </div>
    }
    .part();
    view! { <EmptyState glyph=Glyph::Inbox title="Nothing has come yet" body/> }.part()
}
