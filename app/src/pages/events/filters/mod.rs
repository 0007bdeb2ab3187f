//! What narrows the list.

mod chips;
mod facet;
mod facets;
mod live_toggle;
mod search_box;
mod time_range;
mod toolbar;

pub(super) use chips::Chips;
pub(super) use facets::Facets;
pub(super) use toolbar::Toolbar;
