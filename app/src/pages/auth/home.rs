//! `/`.

use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::{
    components::wait,
    session::Session,
    view::{IntoPart, nothing, show_some},
};

/// Goes to the projects, or to the login page.
#[component]
pub(crate) fn Home() -> impl IntoView {
    let session = Session::from_context();
    let go = show_some(move || {
        let path = if session.me()?.is_some() { "/projects" } else { "/login" };
        Some(view! { <Redirect path/> }.part())
    });
    wait(nothing(), go, RwSignal::new(false))
}
