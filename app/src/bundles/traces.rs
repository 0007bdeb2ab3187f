//! Reading traces, and what they add up to for sessions and users.

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{
    Bundle,
    lazy::{Drawn, lazy},
};
use crate::{
    pages::traces::{ComparePage, GroupPage, GroupsPage, TracePage, TracesPage},
    view::{IntoPart, Part},
};

/// The pages of this bundle.
#[derive(Clone, Copy)]
pub(crate) enum Page {
    /// The list.
    Traces,
    /// One of them, of a project or of a link that was shared.
    Trace,
    /// Two of them, side by side.
    Compare,
    /// The list of sessions.
    Sessions,
    /// One of them.
    Session,
    /// The list of users.
    Users,
    /// One of them.
    User,
}

impl Page {
    /// The page, or what stands in its place until its code has come.
    pub(crate) fn part(self) -> Part {
        lazy(Bundle::Traces, move || draw(self))
    }
}

#[wasm_split(traces, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
pub(super) fn draw(page: Page) -> Drawn {
    Ok(match page {
        Page::Traces => view! { <TracesPage/> }.part(),
        Page::Trace => view! { <TracePage/> }.part(),
        Page::Compare => view! { <ComparePage/> }.part(),
        Page::Sessions => view! { <GroupsPage what="sessions"/> }.part(),
        Page::Session => view! { <GroupPage what="sessions"/> }.part(),
        Page::Users => view! { <GroupsPage what="users"/> }.part(),
        Page::User => view! { <GroupPage what="users"/> }.part(),
    })
}
