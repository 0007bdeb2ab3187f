//! The list, or what stands in its place.

use leptos::prelude::*;

use super::{super::state::Page, empty::Nothing, pill::Pill, table::EventTable};

/// The rows, or why there are none.
#[component]
pub(in super::super) fn ListBody() -> impl IntoView {
    let rows = Page::from_context().list.rows;
    let empty = Memo::new(move |_| rows.read().is_empty());
    move || {
        if empty.get() {
            view! { <Nothing/> }.into_any()
        } else {
            view! {
                <Pill/>
                <EventTable/>
            }
            .into_any()
        }
    }
}
