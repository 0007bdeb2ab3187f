//! The bar above the spans.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::debounce, prelude::*};

use super::{address::View, state::Page};
use crate::{
    browser,
    components::{Glyph, Icon, IconButton, Menu, MenuItem},
    format::count,
    pages::traces::tree::Window,
    view::{IntoPart, Part, effect, el, make, show_some, tag, text},
};

/// Names the box that looks inside of the trace.
pub(super) const FIND: &str = "search";
/// How long one may pause while typing.
const PAUSE: Duration = Duration::from_millis(120);

/// Views, search, errors, depth, zoom.
#[component]
pub(super) fn Toolbar() -> impl IntoView {
    let page = Page::from_context();
    let views = View::ALL.into_iter().map(|view| view_link(page, view)).collect();
    let views = tag("nav").class("segments").attr("aria-label", "Views").children(views);
    let errors = show_some(move || {
        let count = page.tree.read().head.error_count;
        (count > 0).then(|| errors_button(page, count))
    });
    let list_tools = show_some(move || page.address.read().view.is_list().then(|| list_tools(page)));
    let parts = vec![
        views.part(),
        view! { <FindBox/> }.part(),
        errors.part(),
        list_tools.part(),
    ];
    el("div", "toolbar trace-toolbar", parts)
}

fn view_link(page: Page, view: View) -> Part {
    tag("a")
        .class("segment")
        .text("href", move || {
            page.address.track();
            page.view_href(view)
        })
        .word("aria-current", move || {
            (page.address.read().view == view).then_some("page")
        })
        .attr("data-noscroll", "")
        .child(view.label().part())
        .part()
}

fn errors_button(page: Page, count: i64) -> Part {
    tag("button")
        .attr("type", "button")
        .class("btn trace-errors")
        .attr("title", "Next error (e)")
        .attr("aria-keyshortcuts", "e")
        .press(move |_| page.next_error(false))
        .child(view! { <Icon glyph=Glyph::Alert/> }.part())
        .child(el(
            "span",
            "",
            vec![super::super::figures::number_of(count, "error", "errors").part()],
        ))
        .part()
}

fn list_tools(page: Page) -> Part {
    let open = RwSignal::new(false);
    let deepest = page
        .tree
        .read_untracked()
        .spans
        .depth
        .iter()
        .copied()
        .max()
        .unwrap_or(0);
    let label = move || match page.folds.read().depth {
        None => "All levels".to_owned(),
        Some(0) => "Roots".to_owned(),
        Some(depth) => format!("{} levels", depth + 1),
    };
    let button = make(move || {
        vec![
            el("span", "", vec![text(label).part()]),
            view! { <Icon glyph=Glyph::ChevronDown/> }.part(),
        ]
        .part()
    });
    let body = make(move || {
        let mut depths = vec![None];
        depths.extend((0..deepest.min(8)).map(Some));
        let items = depths.into_iter().map(|depth| {
            let label = match depth {
                None => "Unfold all (])".to_owned(),
                Some(0) => "Collapse all ([)".to_owned(),
                Some(depth) => format!("{} levels ({})", depth + 1, depth + 1),
            };
            let chosen = Signal::derive(move || page.folds.read().depth == depth);
            let act = Callback::new(move |()| {
                open.set(false);
                page.fold_to(depth);
            });
            view! { <MenuItem label chosen on_press=act/> }.part()
        });
        items.collect::<Vec<Part>>().part()
    });
    let zoom = |scale| Callback::new(move |()| page.zoom(|window, total| window.zoom(5_000, scale, total)));
    let whole = Callback::new(move |()| page.zoom(|_, total| Window::whole(total)));
    let zooms = vec![
        view! { <IconButton glyph=Glyph::Plus label="Zoom in (+)" on_press=zoom(50)/> }.part(),
        view! { <IconButton glyph=Glyph::Minus label="Zoom out (-)" on_press=zoom(200)/> }.part(),
        view! { <IconButton glyph=Glyph::Refresh label="Show all of the time (0)" on_press=whole/> }.part(),
    ];
    vec![
        view! { <Menu id="depth" open button class="btn" end=true body/> }.part(),
        el("div", "trace-zoom", zooms),
    ]
    .part()
}

/// Looks for spans by name, kind, model, service or id.
#[component]
fn FindBox() -> impl IntoView {
    let page = Page::from_context();
    let find = move || {
        let Some(input) = browser::input(FIND) else { return };
        let typed = input.value();
        if typed == page.address.read_untracked().find {
            return;
        }
        page.change(true, |address| address.find = typed);
        // What is found first is shown at once.
        let at = page.cursor.get_untracked();
        if !page.found.read_untracked().has(at) {
            page.next_found(false);
        }
    };
    let mut later = debounce(PAUSE, move |()| find());
    effect(move || {
        let find = page.address.read().find.clone();
        if let Some(input) = browser::input(FIND)
            && browser::focused_id().as_deref() != Some(FIND)
            && input.value() != find
        {
            input.set_value(&find);
        }
    });
    let key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            find();
            page.next_found(event.shift_key());
        }
        "Escape" => {
            if let Some(input) = browser::input(FIND) {
                let _ = input.blur();
            }
            browser::focus_id("spans-scroll");
        }
        _ => {}
    };
    let tally = text(move || {
        let found = page.found.read();
        if page.address.read().find.is_empty() {
            return String::new();
        }
        match found.number(page.cursor.get()) {
            Some(number) => format!("{} of {}", count(number), count(found.len())),
            None => format!("{} found", count(found.len())),
        }
    });
    let tally = tag("span")
        .class("muted num nowrap")
        .attr("role", "status")
        .child(tally.part());
    view! {
        <search class="search trace-find">
            <Icon glyph=Glyph::Search/>
            <input
                class="search-input"
                id=FIND
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder="Find in this trace"
                aria-label="Find in this trace"
                aria-keyshortcuts="/"
                maxlength="200"
                value=page.address.with_untracked(|address| address.find.clone())
                on:input=move |_| later(())
                on:keydown=key
            />
            {tally.part()}
        </search>
    }
    .part()
}
