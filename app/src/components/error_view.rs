//! What stands where something could not be fetched.

use leptos::prelude::*;

use super::{Button, ButtonKind, EmptyState, Glyph};
use crate::{
    api::ApiError,
    login, status,
    view::{IntoPart, Part, el, tag},
};

/// Says what went wrong and what can be done. Whoever is not logged in is
/// sent to the login page, and comes back from there.
#[component]
pub(crate) fn ErrorView(
    /// What went wrong.
    error: ApiError,
    /// Tries again.
    retry: Callback<()>,
) -> impl IntoView {
    if error.is_unauthenticated() {
        return login::send_there();
    }
    status::set(error.status().unwrap_or(503));
    match error.status() {
        Some(403) => dead_end(
            Glyph::Lock,
            "This project is not yours to see",
            "Ask one of its members to let you in, or look at your own projects.",
        ),
        Some(404) => dead_end(
            Glyph::Search,
            "There is nothing here",
            "The link may be old, or what it names was deleted.",
        ),
        _ => {
            let again = view! { <Button label="Try again" on_press=retry/> }.part();
            let body = vec![el("p", "", vec![error.message().part()]), again].part();
            view! { <EmptyState glyph=Glyph::Alert title="That did not work" body/> }.part()
        }
    }
}

/// There is no going on from here but to one's own projects.
pub(crate) fn dead_end(glyph: Glyph, title: &'static str, why: &'static str) -> Part {
    let home = tag("a").class(ButtonKind::Plain.class()).attr("href", "/projects");
    let home = home.child("Your projects".part());
    let body = vec![el("p", "", vec![why.part()]), home.part()].part();
    view! { <EmptyState glyph title body/> }.part()
}
