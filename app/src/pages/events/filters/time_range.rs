//! The time range.

use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    components,
    view::{IntoPart, memo},
};

/// Chooses when the events happened.
#[component]
pub(super) fn TimeRange() -> impl IntoView {
    let page = Page::from_context();
    let range = memo(move |_| page.query.with(|query| (query.from, query.to)));
    let set = Callback::new(move |(from, to)| {
        page.narrow(|query| {
            query.from = from;
            query.to = to;
        });
    });
    view! { <components::TimeRange range unset="All time" set/> }.part()
}
