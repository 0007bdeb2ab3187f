//! The bar above the list.

use leptos::prelude::*;

use super::{
    super::{search::SearchBox, state::Page},
    columns_menu::ColumnsMenu,
    export_menu::ExportMenu,
    live_toggle::LiveToggle,
    time_range::TimeRange,
    views_menu::ViewsMenu,
};
use crate::{
    components::{Glyph, Icon},
    view::{IntoPart, el, tag},
};

/// Search, filters where there is no room for their column, time, how the
/// list is shown, and whether it is live.
#[component]
pub(in super::super) fn Toolbar() -> impl IntoView {
    let filters = Page::from_context().filters;
    let button = tag("button")
        .attr("type", "button")
        .class("btn filters-button")
        .attr("aria-label", "Filters")
        .spelled("aria-expanded", move || filters.get())
        .press(move |_| filters.update(|open| *open = !*open))
        .child(view! { <Icon glyph=Glyph::Filter/> }.part())
        .child(el("span", "", vec!["Filters".part()]));
    let rest = vec![
        button.part(),
        view! { <TimeRange/> }.part(),
        view! { <ViewsMenu/> }.part(),
        view! { <ColumnsMenu/> }.part(),
        view! { <ExportMenu/> }.part(),
        view! { <LiveToggle/> }.part(),
    ];
    let parts = vec![
        el("div", "search-place", vec![view! { <SearchBox/> }.part()]),
        el("div", "toolbar-rest", rest),
    ];
    el("div", "toolbar", parts)
}
