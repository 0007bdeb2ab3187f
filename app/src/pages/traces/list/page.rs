//! `/p/{slug}/traces`.

use std::time::Duration;

use eventglass_model::{FieldError, Loc, TracePage, TraceQuery};
use leptos::{ev, prelude::*};
use leptos_meta::Title;

use super::{
    empty::nothing_here,
    filters::{Chips, Toolbar},
    keyboard::listen,
    row::{head_row, row_id, trace_row},
    state::{More, PAGE_SIZE, Page, Row},
};
use crate::{
    api::{self, Fetched},
    components::{Button, EmptyState, ErrorView, Glyph, Icon, Kbd, SkeletonRows, wait},
    format::count,
    live::Question,
    view::{IntoPart, Part, el, flag, memo, show, show_some, tag, text},
};

/// The pause between two questions.
const PAUSE: Duration = Duration::from_secs(3);
/// So close to the end, in pixels, what is below is fetched.
const AHEAD: i32 = 900;

/// The list of traces, and what narrows it.
#[component]
pub(crate) fn TracesPage() -> impl IntoView {
    let page = Page::provide();
    keep_live(page);
    listen(page);
    let first = Fetched::one(move || {
        let query = TraceQuery {
            limit: Some(PAGE_SIZE),
            ..page.query.get()
        };
        api::traces_path(&page.slug.read(), &query)
    });
    let retry = Callback::new(move |()| first.refetch());
    first.again_when(page.asking.reload);
    let body = show_some(move || {
        let faults = page.faults.get();
        Some(match first.read::<TracePage>()? {
            _ if !faults.is_empty() => unreadable(page, &faults),
            Ok(found) => {
                page.load(&found);
                list(page)
            }
            Err(error) => view! { <ErrorView error retry/> }.part(),
        })
    });
    let title = move || match page.waiting.read().len() {
        0 => format!("Traces · {}", page.slug.read()),
        new => format!("({new}) Traces · {}", page.slug.read()),
    };
    let pending = RwSignal::new(false);
    let meanwhile = view! { <SkeletonRows count=24/> }.part();
    view! {
        <Title text=title/>
        <h1 class="sr-only">"Traces"</h1>
        <div class="events">
            <Toolbar/>
            <Chips/>
            {page.asking.banner()}
            <section class="events-list traces-list" aria-label="Traces">
                <div class="progress" class:is-busy=flag(move || pending.get()) aria-hidden="true"></div>
                {wait(meanwhile, body, pending)}
            </section>
        </div>
    }
    .part()
}

fn list(page: Page) -> Part {
    let empty = memo(move |_| page.rows.read().is_empty());
    show(move || {
        if empty.get() {
            nothing_here(page)
        } else {
            vec![pill(page), table(page)].part()
        }
    })
    .part()
}

/// The rows, newest first.
fn table(page: Page) -> Part {
    let scroll = move |event: ev::Event| {
        let scroller: web_sys::Element = event_target(&event);
        if scroller.scroll_top() + scroller.client_height() + AHEAD > scroller.scroll_height() {
            page.load_more();
        }
    };
    let row = move |row: Row| {
        let id = Some(row.id.clone());
        let link = tag("a")
            .class("ev-link")
            .attr("id", row_id(&row.id))
            .word("tabindex", move || {
                let here = page.cursor.read();
                let first = here.is_none() && page.rows.read().first().map(|row| &row.id) == id.as_ref();
                Some(if *here == id || first { "0" } else { "-1" })
            });
        trace_row(&page.slug.read_untracked(), row.now, link)
    };
    view! {
        <div class="ev-scroll" id="traces-scroll" on:scroll=scroll>
            <div role="table" aria-label="Traces, newest first" class="ev-table">
                <div role="rowgroup" class="ev-head-group">
                    {head_row()}
                </div>
                <div role="rowgroup">
                    <For
                        each=move || page.rows.get()
                        key=move |row| (page.generation.get_untracked(), row.id.clone())
                        children=row
                    />
                </div>
            </div>
            {footer(page)}
        </div>
    }
    .part()
}

fn footer(page: Page) -> Part {
    let more = Callback::new(move |()| page.load_more());
    let line = show(move || match page.more.get() {
        More::Some => view! { <Button label="Load more" on_press=more/> }.part(),
        More::Coming => "Loading more".part(),
        More::Failed(error) => vec![
            el("span", "", vec![error.message().part()]),
            view! { <Button label="Try again" on_press=more/> }.part(),
        ]
        .part(),
        More::None => match page.rows.read().len() {
            1 => "That is all: 1 trace".part(),
            all => format!("That is all: {} traces", count(all)).part(),
        },
        More::Enough => "To see older ones, narrow the search.".part(),
    });
    let behind = show_some(move || {
        let said = "Many events came at once; their traces follow in a moment.";
        page.behind.get().then(|| el("span", "muted", vec![said.part()]))
    });
    el("div", "ev-footer", vec![line.part(), behind.part()])
}

/// Says how many traces are new, and shows them when pressed.
fn pill(page: Page) -> Part {
    let is_waiting = memo(move |_| !page.waiting.read().is_empty());
    let pill = show_some(move || {
        is_waiting.get().then(|| {
            let label = text(move || match page.waiting.read().len() {
                1 => "1 new trace".to_owned(),
                new => format!("{} new traces", count(new)),
            });
            tag("button")
                .attr("type", "button")
                .class("pill")
                .press(move |_| page.show_waiting())
                .child(view! { <Icon glyph=Glyph::ArrowUp/> }.part())
                .child(label.part())
                .child(view! { <Kbd key="n"/> }.part())
                .part()
        })
    });
    tag("div")
        .class("pill-place")
        .attr("role", "status")
        .child(pill.part())
        .part()
}

/// Asks for the first page again and again.
fn keep_live(page: Page) {
    page.asking.keep_asking(Question {
        every: PAUSE,
        on: Box::new(move || {
            page.generation.track();
            page.live.get() && page.faults.read().is_empty()
        }),
        path: Box::new(move || {
            let query = TraceQuery {
                limit: Some(PAGE_SIZE),
                ..page.query.get_untracked()
            };
            Some(api::traces_path(&page.slug.read_untracked(), &query))
        }),
        take: Box::new(move |text| {
            page.arrived(api::read::<TracePage>(text)?);
            Ok(())
        }),
    });
}

/// The address has something in it that is no search.
fn unreadable(page: Page, faults: &[FieldError]) -> Part {
    let rows = faults.iter().map(|fault| {
        let name = match fault.loc.last() {
            Some(Loc::Key(key)) => key.clone(),
            Some(Loc::Index(_)) | None => String::new(),
        };
        el(
            "li",
            "",
            vec![el("code", "", vec![name.part()]), ": ".part(), fault.msg.clone().part()],
        )
    });
    let clear = Callback::new(move |()| page.narrow(|query| *query = TraceQuery::default()));
    let body = vec![
        el("ul", "", rows.collect()),
        view! { <Button label="Clear filters" on_press=clear/> }.part(),
    ]
    .part();
    view! { <EmptyState glyph=Glyph::Alert title="This link has a filter that cannot be read" body/> }.part()
}
