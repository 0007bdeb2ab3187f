//! The list, or what stands in its place.

use leptos::prelude::*;

use super::{
    super::state::Page,
    empty::{Nothing, nothing_so_far},
    pill::Pill,
    rows::More,
    table::EventTable,
};
use crate::view::{IntoPart, memo, show};

/// The rows, or why there are none.
#[component]
pub(in super::super) fn ListBody() -> impl IntoView {
    let page = Page::from_context();
    let rows = page.list.rows;
    let empty = memo(move |_| rows.read().is_empty());
    let unsearched = memo(move |_| match *page.list.more.read() {
        More::Unsearched(to) => Some(to),
        _ => None,
    });
    show(move || {
        if let (true, Some(to)) = (empty.get(), unsearched.get()) {
            nothing_so_far(page, to)
        } else if empty.get() {
            view! { <Nothing/> }.part()
        } else {
            view! {
                <Pill/>
                <EventTable/>
            }
            .part()
        }
    })
}
