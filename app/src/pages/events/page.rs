//! `/p/{slug}/events` and `/p/{slug}/events/{id}`.

use eventglass_model::{EventPage, EventQuery, FieldError, Loc};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    detail::EventPanel,
    filters::{Facets, Toolbar},
    histogram::Histogram,
    keyboard::listen,
    list::{ListBody, PAGE_SIZE, keep_live},
    state::Page,
};
use crate::{
    api::{self, Fetched},
    browser,
    components::{Button, EmptyState, ErrorView, Glyph, SkeletonRows, wait},
    view::{IntoPart, Part, effect, flag, memo, show_some},
};

/// The list of events, what narrows it, and the event that is open.
#[component]
pub(crate) fn EventsPage() -> impl IntoView {
    let page = Page::provide();
    keep_live(page);
    listen(page);

    // A sheet that covers the list must also keep the focus out of it.
    let covered = RwSignal::new(false);
    effect(move || covered.set(page.open.read().is_some() && browser::is_narrow()));

    let title = move || {
        let slug = page.slug.get();
        match page.list.waiting() {
            0 => format!("Events · {slug}"),
            new => format!("({new}) Events · {slug}"),
        }
    };
    // Made once, however many events are looked at in it.
    let is_open = memo(move |_| page.open.read().is_some());
    let panel = show_some(move || is_open.get().then(|| view! { <EventPanel/> }.part()));
    view! {
        <Title text=title/>
        <h1 class="sr-only">"Events"</h1>
        <div class="events" class:has-panel=flag(move || page.open.read().is_some())>
            <Toolbar/>
            {page.asking.banner()}
            {page.exporting.banner()}
            <Histogram/>
            <div class="events-body">
                <Facets/>
                <section class="events-list" aria-label="Events" inert=flag(move || covered.get())>
                    {list(page)}
                </section>
                {panel}
            </div>
        </div>
    }
    .part()
}

/// Fetches the first page whenever something else is looked for.
fn list(page: Page) -> Part {
    let first = Fetched::all(move || {
        if page.wrong.read().is_some() {
            return Vec::new();
        }
        let query = EventQuery {
            limit: Some(PAGE_SIZE),
            ..page.question()
        };
        vec![api::events_path(&page.slug.read(), &query)]
    });
    let retry = Callback::new(move |()| first.refetch());
    first.again_when(page.asking.reload);
    let body = show_some(move || {
        let faults = page.faults.get();
        let answer = first.read::<EventPage>();
        if !faults.is_empty() {
            return Some(unreadable(page, faults));
        }
        if page.wrong.read().is_some() {
            return Some(unreadable_search(page));
        }
        Some(match answer? {
            Ok(found) => {
                page.list.load(&found);
                view! { <ListBody/> }.part()
            }
            Err(error) => view! { <ErrorView error retry/> }.part(),
        })
    });
    let pending = RwSignal::new(false);
    let meanwhile = view! { <SkeletonRows count=24/> }.part();
    view! {
        <div class="progress" class:is-busy=flag(move || pending.get()) aria-hidden="true"></div>
        {wait(meanwhile, body, pending)}
    }
    .part()
}

/// What is looked for cannot be read; the line below the box says where.
fn unreadable_search(page: Page) -> Part {
    let body = view! { <Button label="Clear the search" on_press=move |()| page.clear()/> }.part();
    view! { <EmptyState glyph=Glyph::Search title="This search cannot be read" body/> }.part()
}

/// The address has something in it that is no search.
fn unreadable(page: Page, faults: Vec<FieldError>) -> Part {
    let list = faults.into_iter().map(fault_view).collect_view();
    let body = view! {
        <ul>{list}</ul>
        <Button label="Clear filters" on_press=move |()| page.clear()/>
    }
    .part();
    view! { <EmptyState glyph=Glyph::Alert title="This link has something that cannot be read" body/> }.part()
}

fn fault_view(fault: FieldError) -> Part {
    let name = match fault.loc.last() {
        Some(Loc::Key(key)) => key.clone(),
        Some(Loc::Index(_)) | None => String::new(),
    };
    view! {
        <li>
            <code>{name}</code>
            ": "
            {fault.msg}
        </li>
    }
    .part()
}
