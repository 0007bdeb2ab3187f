//! Where there are no rows.

use eventglass_model::{CreateApiKey, Timestamp};
use leptos::{prelude::*, task::spawn_local};

use super::{
    super::{address::Tail, state::Page},
    footer::search_on,
};
use crate::{
    api,
    components::{Button, ButtonKind, EmptyState, Glyph, Toasts, pulse},
    hydration::use_hydrated,
    pages::send_events::{KeyOnce, SendEvents, recall_key, remember_key},
    view::{IntoPart, Part, effect, el, show, text},
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

/// The time for one search was over before anything was found.
pub(super) fn nothing_so_far(page: Page, to: Option<Timestamp>) -> Part {
    let body = vec![el("div", "empty-actions", vec![search_on(page, to)])].part();
    view! { <EmptyState glyph=Glyph::Clock title="Nothing found so far" body/> }.part()
}

fn nothing_found(page: Page, in_time: bool) -> Part {
    let all_time = Callback::new(move |()| {
        page.narrow(|query| {
            query.from = None;
            query.to = None;
        });
    });
    let mut actions = vec![view! { <Button label="Clear filters" on_press=move |()| page.clear()/> }.part()];
    actions.extend(in_time.then(|| view! { <Button label="Search all time" on_press=all_time/> }.part()));
    let body = vec![
        el("p", "", vec!["Every word and every condition has to match.".part()]),
        el("div", "empty-actions", actions),
    ]
    .part();
    view! { <EmptyState glyph=Glyph::Search title="No event matches" body/> }.part()
}

fn nothing_then(page: Page) -> Part {
    let body = vec![
        el("p", "", vec!["Nothing happened then, or nothing was sent.".part()]),
        view! { <Button label="Search all time" on_press=move |()| page.clear()/> }.part(),
    ]
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
        if page.tail.get() != Tail::Off {
            "Waiting for the first one. It will appear here by itself.".to_owned()
        } else {
            "Paused: the first one will not appear by itself.".to_owned()
        }
    });
    let body = vec![el("p", "waiting", vec![pulse(), waiting.part()]), how.part()].part();
    view! { <EmptyState glyph=Glyph::Events title="No events yet" body/> }
}

fn how_to_send(key: String, is_fresh: bool, slug: String) -> Part {
    let mut parts = Vec::new();
    if is_fresh {
        parts.push(view! { <KeyOnce key=key.clone()/> }.part());
    }
    parts.push(view! { <SendEvents key slug/> }.part());
    el("div", "empty-snippets", parts)
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
    vec![
        el("p", "", vec!["To send events, one needs a key of this project.".part()]),
        view! { <Button kind=ButtonKind::Primary busy label="Create a key" on_press=create/> }.part(),
    ]
    .part()
}
