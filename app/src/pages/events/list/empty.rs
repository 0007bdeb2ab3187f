//! Where there are no rows.

use eventglass_model::{CreateApiKey, EventQuery};
use leptos::{prelude::*, task::spawn_local};

use super::super::state::Page;
use crate::{
    api,
    components::{Button, ButtonKind, EmptyState, Glyph, Toasts},
    hydration::use_hydrated,
    pages::send_events::{KeyOnce, SendEvents, recall_key, remember_key},
};

/// Why there are no rows, and what to do.
#[component]
pub(super) fn Nothing() -> impl IntoView {
    let page = Page::from_context();
    let query = page.query.get_untracked();
    if query.is_filtered() {
        nothing_found(page).into_any()
    } else if query.from.is_some() || query.to.is_some() {
        nothing_then(page).into_any()
    } else {
        view! { <NothingYet/> }.into_any()
    }
}

fn nothing_found(page: Page) -> impl IntoView {
    let in_time = page
        .query
        .with_untracked(|query| query.from.is_some() || query.to.is_some());
    let all_time = move |_| {
        page.narrow(|query| {
            query.from = None;
            query.to = None;
        });
    };
    view! {
        <EmptyState glyph=Glyph::Search title="No event matches">
            <p>"Every word and every filter has to match."</p>
            <div class="empty-actions">
                <Button on:click=move |_| page.clear()>"Clear filters"</Button>
                {in_time.then(|| view! { <Button on:click=all_time>"Search all time"</Button> })}
            </div>
        </EmptyState>
    }
    .into_any()
}

fn nothing_then(page: Page) -> impl IntoView {
    view! {
        <EmptyState glyph=Glyph::Clock title="No events in this time">
            <p>"Nothing happened then, or nothing was sent."</p>
            <Button on:click=move |_| page.look_for(&EventQuery::default(), false)>"Search all time"</Button>
        </EmptyState>
    }
}

/// The project is empty: how to send events, with its own key if it is known here.
#[component]
fn NothingYet() -> impl IntoView {
    let page = Page::from_context();
    let hydrated = use_hydrated();
    let key = RwSignal::new(None::<String>);
    // A key made on this very page is shown; one made before was shown then.
    let fresh = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let toasts = Toasts::from_context();
    Effect::new(move |_| {
        if hydrated.get() && !fresh.get_untracked() {
            key.set(recall_key(&page.slug.read()));
        }
    });
    let create = move |_| {
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
    let how = move || match key.get() {
        Some(key) => view! {
            <div class="empty-snippets">
                {fresh.get_untracked().then(|| view! { <KeyOnce key=key.clone()/> })}
                <SendEvents key slug=page.slug.get_untracked()/>
            </div>
        }
        .into_any(),
        None => view! {
            <p>"To send events, one needs a key of this project."</p>
            <Button kind=ButtonKind::Primary busy=busy on:click=create>
                "Create a key"
            </Button>
        }
        .into_any(),
    };
    view! {
        <EmptyState glyph=Glyph::Events title="No events yet">
            <p class="waiting">
                <span class="pulse" aria-hidden="true"></span>
                {move || {
                    if page.live.get() {
                        "Waiting for the first one. It will appear here by itself."
                    } else {
                        "Paused: the first one will not appear by itself."
                    }
                }}
            </p>
            {how}
        </EmptyState>
    }
    .into_any()
}
