//! The list, or what stands in its place.

use leptos::prelude::*;

use super::{super::state::Page, empty::Nothing, pill::Pill, table::EventTable};
use crate::view::{IntoPart, memo, show};

/// The rows, or why there are none.
#[component]
pub(in super::super) fn ListBody() -> impl IntoView {
    let rows = Page::from_context().list.rows;
    let empty = memo(move |_| rows.read().is_empty());
    show(move || {
        if empty.get() {
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
