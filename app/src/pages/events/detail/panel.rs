//! The panel beside the list; on a phone, a sheet over it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    super::{keyboard::step, list::row_id, state::Page},
    content::Content,
};
use crate::{
    api, browser,
    components::{CopyButton, ErrorView, Glyph, IconButton, SkeletonLines},
    hydration::use_hydrated,
};

/// Names the heading, which gets the focus when the panel opens.
const HEADING: &str = "event-panel";

/// The event that the address names.
#[component]
pub(crate) fn EventPanel() -> impl IntoView {
    let page = Page::from_context();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("event").unwrap_or_default());
    let event = Resource::new(
        move || (page.slug.get(), id.get()),
        |(slug, id)| async move { api::one_event(&slug, &id).await },
    );
    let retry = Callback::new(move |()| event.refetch());
    let body = move || {
        event.get().map(|answer| match answer {
            Ok(event) => view! { <Content event/> }.into_any(),
            Err(error) => view! { <ErrorView error retry/> }.into_any(),
        })
    };

    // The focus follows into the panel and back to the row, unless the page
    // was opened with the panel.
    let arrived_later = use_hydrated().get_untracked();
    Effect::new(move |_| {
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

    let link = Callback::new(move |()| format!("{}{}", browser::origin(), page.event_path(&id.read_untracked())));
    view! {
        <aside class="detail" aria-labelledby=HEADING>
            <header class="detail-head">
                <h2 class="panel-title" id=HEADING tabindex="-1">
                    "Event"
                </h2>
                <div class="detail-actions">
                    <IconButton glyph=Glyph::ChevronUp label="Previous event (k)" on:click=move |_| step(page, -1)/>
                    <IconButton glyph=Glyph::ChevronDown label="Next event (j)" on:click=move |_| step(page, 1)/>
                    <CopyButton text=link label="Copy the link" glyph=Glyph::Link/>
                    <IconButton glyph=Glyph::Close label="Close (Esc)" on:click=move |_| page.close()/>
                </div>
            </header>
            <div class="detail-body" tabindex="0" aria-label="The event's fields" role="region">
                <Transition fallback=|| view! { <SkeletonLines count=14/> }>{body}</Transition>
            </div>
        </aside>
    }
    .into_any()
}
