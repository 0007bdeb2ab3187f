//! Who is logged in.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api, browser,
    components::{Glyph, Menu, MenuItem, Toasts},
    session::Session,
    view::{IntoPart, make},
};

/// The initial of the user, and below it what they can do.
#[component]
pub(crate) fn UserMenu(
    /// Their address.
    email: String,
) -> impl IntoView {
    let session = Session::from_context();
    let toasts = Toasts::from_context();
    let open = RwSignal::new(false);
    let initial: String = email.chars().take(1).flat_map(char::to_uppercase).collect();
    let log_out = move |()| {
        spawn_local(async move {
            match api::log_out().await {
                Ok(()) => browser::assign("/login"),
                Err(error) if error.is_unauthenticated() => browser::assign("/login"),
                Err(error) => toasts.error(error.message()),
            }
        });
    };
    let show_help = move |()| {
        open.set(false);
        session.help.set(true);
    };
    let button = make(move || view! { <span class="avatar">{initial.clone()}</span> }.part());
    let body = make(move || {
        view! {
            <p class="menu-note truncate">{email.clone()}</p>
            <MenuItem glyph=Glyph::Keyboard label="Keyboard shortcuts" on_press=show_help/>
            <MenuItem glyph=Glyph::LogOut label="Log out" on_press=log_out/>
        }
        .part()
    });
    view! { <Menu id="user-menu" open label="Account" button class="btn btn-ghost btn-icon" end=true body/> }
}
