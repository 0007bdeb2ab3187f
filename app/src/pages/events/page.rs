//! `/p/{slug}/events` and `/p/{slug}/events/{id}`.

use eventglass_model::EventQuery;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;

use super::{
    filters::{Chips, Facets, Toolbar},
    keyboard::listen,
    list::{Banner, ListBody, PAGE_SIZE, keep_live},
    state::Page,
};
use crate::{
    api, browser,
    components::{Button, EmptyState, ErrorView, Glyph, SkeletonRows},
};

/// The list of events, what narrows it, and the event that is open.
#[component]
pub(crate) fn EventsPage() -> impl IntoView {
    let page = Page::provide();
    keep_live(page);
    listen(page);

    // A sheet that covers the list must also keep the focus out of it.
    let covered = RwSignal::new(false);
    Effect::new(move |_| covered.set(page.open.read().is_some() && browser::is_narrow()));

    let title = move || {
        let slug = page.slug.get();
        match page.list.waiting() {
            0 => format!("Events · {slug}"),
            new => format!("({new}) Events · {slug}"),
        }
    };
    let list = list(page);
    view! {
        <Title text=title/>
        <h1 class="sr-only">"Events"</h1>
        <div class="events" class:has-panel=move || page.open.read().is_some()>
            <Toolbar/>
            <Chips/>
            <Banner/>
            <div class="events-body">
                <Facets/>
                <section class="events-list" aria-label="Events" inert=covered>
                    {list}
                </section>
                <Outlet/>
            </div>
        </div>
    }
    .into_any()
}

/// Fetches the first page whenever something else is looked for.
fn list(page: Page) -> impl IntoView {
    let first = Resource::new(
        move || (page.slug.get(), page.query.get(), page.reload.get()),
        |(slug, query, _)| async move {
            let query = EventQuery {
                limit: Some(PAGE_SIZE),
                ..query
            };
            api::events(&slug, &query).await
        },
    );
    let pending = RwSignal::new(false);
    let retry = Callback::new(move |()| first.refetch());
    let body = move || {
        first.get().map(|answer| match answer {
            _ if !page.faults.read().is_empty() => unreadable(page).into_any(),
            Ok(found) => {
                page.list.load(&found);
                view! { <ListBody/> }.into_any()
            }
            Err(error) => view! { <ErrorView error retry/> }.into_any(),
        })
    };
    view! {
        <div class="progress" class:is-busy=pending aria-hidden="true"></div>
        <Transition fallback=|| view! { <SkeletonRows count=24/> } set_pending=pending>
            {body}
        </Transition>
    }
    .into_any()
}

/// The address has something in it that is no search.
fn unreadable(page: Page) -> impl IntoView {
    let faults = page.faults.get_untracked();
    let list = faults
        .into_iter()
        .map(|fault| {
            let name = fault.loc.last().map(|step| match step {
                eventglass_model::Loc::Key(key) => key.clone(),
                eventglass_model::Loc::Index(index) => index.to_string(),
            });
            view! {
                <li>
                    <code class="mono">{name}</code>
                    ": "
                    {fault.msg}
                </li>
            }
        })
        .collect_view();
    view! {
        <EmptyState glyph=Glyph::Alert title="This link has a filter that cannot be read">
            <ul>{list}</ul>
            <Button on:click=move |_| page.clear()>"Clear filters"</Button>
        </EmptyState>
    }
}
