//! What narrows the list: the bar above it and the column beside it.

mod columns_menu;
mod export_menu;
mod facet;
mod facets;
mod live_toggle;
mod time_range;
mod toolbar;
mod view_form;
mod views_menu;

pub(super) use facets::Facets;
pub(super) use time_range::zoom_to;
pub(super) use toolbar::Toolbar;
