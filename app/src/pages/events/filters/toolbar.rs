//! The bar above the list.

use leptos::prelude::*;

use super::{super::state::Page, live_toggle::LiveToggle, search_box::SearchBox, time_range::TimeRange};
use crate::{
    components::{Glyph, Icon},
    view::{IntoPart, press, spelled},
};

/// Search, filters where there is no room for their column, time, and whether the list is live.
#[component]
pub(in super::super) fn Toolbar() -> impl IntoView {
    let filters = Page::from_context().filters;
    view! {
        <div class="toolbar">
            <SearchBox/>
            <div class="toolbar-rest">
                <button
                    type="button"
                    class="btn filters-button"
                    aria-expanded=spelled(move || filters.get())
                    on:click=press(move |_| filters.update(|open| *open = !*open))
                >
                    <Icon glyph=Glyph::Filter/>
                    <span>"Filters"</span>
                </button>
                <TimeRange/>
                <LiveToggle/>
            </div>
        </div>
    }
    .part()
}
