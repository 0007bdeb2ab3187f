//! The bar above the list.

use leptos::prelude::*;

use super::{super::state::Page, live_toggle::LiveToggle, search_box::SearchBox, time_range::TimeRange};
use crate::components::{Glyph, Icon};

/// Search, filters where there is no room for their column, time, and whether the list is live.
#[component]
pub(in super::super) fn Toolbar() -> impl IntoView {
    let page = Page::from_context();
    let filters = page.filters;
    view! {
        <div class="toolbar">
            <SearchBox/>
            <div class="toolbar-rest">
                <button
                    type="button"
                    class="btn filters-button"
                    aria-expanded=move || if filters.get() { "true" } else { "false" }
                    on:click=move |_| filters.update(|open| *open = !*open)
                >
                    <Icon glyph=Glyph::Filter/>
                    <span>"Filters"</span>
                </button>
                <TimeRange/>
                <LiveToggle/>
            </div>
        </div>
    }
    .into_any()
}
