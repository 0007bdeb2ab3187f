//! The bar above the list.

use leptos::prelude::*;

use super::{super::state::Page, live_toggle::LiveToggle, search_box::SearchBox, time_range::TimeRange};
use crate::{
    components::{Glyph, Icon},
    view::{IntoPart, el, tag},
};

/// Search, filters where there is no room for their column, time, and whether the list is live.
#[component]
pub(in super::super) fn Toolbar() -> impl IntoView {
    let filters = Page::from_context().filters;
    let button = tag("button")
        .attr("type", "button")
        .class("btn filters-button")
        .spelled("aria-expanded", move || filters.get())
        .press(move |_| filters.update(|open| *open = !*open))
        .child(view! { <Icon glyph=Glyph::Filter/> }.part())
        .child(el("span", "", vec!["Filters".part()]));
    let rest = vec![
        button.part(),
        view! { <TimeRange/> }.part(),
        view! { <LiveToggle/> }.part(),
    ];
    let parts = vec![view! { <SearchBox/> }.part(), el("div", "toolbar-rest", rest)];
    el("div", "toolbar", parts)
}
