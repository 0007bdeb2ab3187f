//! Where there are no rows.

use eventglass_model::CreateApiKey;
use leptos::{prelude::*, task::spawn_local};

use super::super::state::Page;
use crate::{
    api,
    components::{Button, ButtonKind, EmptyState, Glyph, Toasts},
    hydration::use_hydrated,
    pages::send_events::{KeyOnce, SendEvents, recall_key, remember_key},
    view::{IntoPart, Part, effect, show, text},
};

/// Why there are no rows, and what to do.
#[component]
pub(super) fn Nothing() -> impl IntoView {
    let page = Page::from_context();
    let query = page.query.get_untracked();
    let in_time = query.from.is_some() || query.to.is_some();
    if query.is_filtered() {
        nothing_found(page, in_time)
    } else if in_time {
        nothing_then(page)
    } else {
        view! { <NothingYet/> }.part()
    }
}

fn nothing_found(page: Page, in_time: bool) -> Part {
    let all_time = Callback::new(move |()| {
        page.narrow(|query| {
            query.from = None;
            query.to = None;
        });
    });
    let body = view! {
        <p>"Every word and every filter has to match."</p>
        <div class="empty-actions">
            <Button label="Clear filters" on_press=move |()| page.clear()/>
            {in_time.then(|| view! { <Button label="Search all time" on_press=all_time/> })}
        </div>
    }
    .part();
    view! { <EmptyState glyph=Glyph::Search title="No event matches" body/> }.part()
}

fn nothing_then(page: Page) -> Part {
    let body = view! {
        <p>"Nothing happened then, or nothing was sent."</p>
        <Button label="Search all time" on_press=move |()| page.clear()/>
    }
    .part();
    view! { <EmptyState glyph=Glyph::Clock title="No events in this time" body/> }.part()
}

/// The project is empty: how to send events, with its own key if it is known here.
#[component]
fn NothingYet() -> impl IntoView {
    let page = Page::from_context();
    let hydrated = use_hydrated();
    let key = RwSignal::new(None::<String>);
    // A key made on this very page is shown; one made before was shown then.
    let fresh = RwSignal::new(false);
    effect(move || {
        if hydrated.get() && !fresh.get_untracked() {
            key.set(recall_key(&page.slug.read()));
        }
    });
    let how = show(move || match key.get() {
        Some(key) => how_to_send(key, fresh.get_untracked(), page.slug.get_untracked()),
        None => no_key(page, key, fresh),
    });
    let waiting = text(move || {
        if page.live.get() {
            "Waiting for the first one. It will appear here by itself.".to_owned()
        } else {
            "Paused: the first one will not appear by itself.".to_owned()
        }
    });
    let body = view! {
        <p class="waiting">
            <span class="pulse" aria-hidden="true"></span>
            {waiting}
        </p>
        {how}
    }
    .part();
    view! { <EmptyState glyph=Glyph::Events title="No events yet" body/> }
}

fn how_to_send(key: String, is_fresh: bool, slug: String) -> Part {
    let once = is_fresh.then(|| view! { <KeyOnce key=key.clone()/> });
    view! {
        <div class="empty-snippets">
            {once}
            <SendEvents key slug/>
        </div>
    }
    .part()
}

/// Offers to create a key.
fn no_key(page: Page, key: RwSignal<Option<String>>, fresh: RwSignal<bool>) -> Part {
    let busy = RwSignal::new(false);
    let toasts = Toasts::from_context();
    let create = move |()| {
        busy.set(true);
        spawn_local(async move {
            let slug = page.slug.get_untracked();
            let body = CreateApiKey {
                name: "first events".to_owned(),
            };
            let answer = api::create_key(&slug, &body).await;
            busy.try_set(false);
            match answer {
                Ok(created) => {
                    remember_key(&slug, &created.api_key);
                    fresh.try_set(true);
                    key.try_set(Some(created.api_key));
                }
                Err(error) => toasts.error(error.message()),
            }
        });
    };
    view! {
        <p>"To send events, one needs a key of this project."</p>
        <Button kind=ButtonKind::Primary busy label="Create a key" on_press=create/>
    }
    .part()
}
