//! The list of spans.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{
    super::state::Page,
    axis::{axis, needle, point, zoom_by_wheel},
    row::row_view,
    scroll::{Drawn, ROW, SCROLLER},
};
use crate::{
    browser,
    hydration::use_hydrated,
    view::{IntoPart, effect, memo, tag},
};

/// The spans as a tree: rows of one height, of which those in sight are drawn.
#[component]
pub(in super::super) fn SpanList() -> impl IntoView {
    let page = Page::from_context();
    // What the server has drawn is taken over as it is; a page that was come to
    // by a click draws no row that cannot be seen.
    let drawn = RwSignal::new(if use_hydrated().get_untracked() {
        Drawn::in_window()
    } else {
        Drawn::FIRST
    });
    let look = move || {
        if let Some(now) = Drawn::now()
            && now != drawn.get_untracked()
        {
            drawn.set(now);
        }
    };
    effect(move || {
        let resized = window_event_listener_untyped("resize", move |_| look());
        on_cleanup(move || resized.remove());
    });
    // Positions are set by script and not in the markup: the policy of the
    // server allows no style there.
    effect(move || {
        let rows = page.rows.read().len();
        let drawn = drawn.get();
        browser::set_style("spans-sizer", "height", &format!("{}px", rows * px()));
        browser::set_style(
            "spans-window",
            "transform",
            &format!("translateY({}px)", drawn.from.min(rows) * px()),
        );
    });
    effect(move || {
        page.rows.track();
        page.address.track();
        request_animation_frame(look);
    });
    let shown = memo(move |_| {
        let rows = page.rows.read();
        let drawn = drawn.get();
        let to = drawn.to.min(rows.len());
        let from = drawn.from.min(to);
        let version = page.version.get();
        let spans = rows.get(from..to).unwrap_or_default().iter();
        spans.map(|span| (version, *span)).collect::<Vec<(u32, u32)>>()
    });
    let rows = view! {
        <For
            each=move || shown.get()
            key=|row| *row
            children=move |(_, span)| row_view(page, span as usize)
        />
    }
    .part();
    let window = tag("div")
        .attr("id", "spans-window")
        .attr("role", "presentation")
        .class("tr-window")
        .child(rows);
    let sizer = tag("div")
        .attr("id", "spans-sizer")
        .attr("role", "presentation")
        .class("tr-sizer")
        .child(window.part());
    let scroller = tag("div")
        .attr("id", SCROLLER)
        .class("tr-scroll")
        .attr("role", "tree")
        .attr("aria-label", "Spans")
        .attr("tabindex", "0")
        .text("aria-activedescendant", move || format!("span-{}", page.cursor.get()))
        .on("scroll", move |_| look())
        .on("click", move |event| press(page, &event))
        .on("pointermove", move |event| point(page, &event))
        .on("pointerleave", |_| browser::set_style("needle", "display", ""))
        .on("wheel", move |event| zoom_by_wheel(page, &event, false))
        .child(sizer.part());
    tag("div")
        .class("tr-list")
        .word("data-view", move || Some(page.address.read().view.name()))
        .child(axis(page))
        .child(scroller.part())
        .child(needle(page))
        .part()
}

const fn px() -> usize {
    ROW as usize
}

/// One listener for all rows: a click on a chevron folds, any other opens.
fn press(page: Page, event: &web_sys::Event) {
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
    else {
        return;
    };
    let mouse: &web_sys::MouseEvent = event.unchecked_ref();
    // To open a span in a tab of its own is the browser's business.
    if mouse.ctrl_key() || mouse.meta_key() || mouse.shift_key() {
        return;
    }
    let Ok(Some(row)) = target.closest("[role=treeitem]") else {
        return;
    };
    let Some(span) = row.id().strip_prefix("span-").and_then(|span| span.parse().ok()) else {
        return;
    };
    event.prevent_default();
    event.stop_propagation();
    if matches!(target.closest(".tr-chevron"), Ok(Some(_))) {
        let tree = page.tree.get_untracked();
        let folded = page.folds.read_untracked().is_folded(&tree, span);
        page.cursor.set(span);
        page.fold(span, !folded);
    } else {
        page.show(span, false);
    }
}
