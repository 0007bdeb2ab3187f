//! Who is logged in.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api, browser,
    components::{Glyph, Icon, Menu, Toasts},
    session::Session,
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
    let log_out = move |_| {
        spawn_local(async move {
            match api::log_out().await {
                Ok(()) => browser::assign("/login"),
                Err(error) if error.is_unauthenticated() => browser::assign("/login"),
                Err(error) => toasts.error(error.message()),
            }
        });
    };
    let show_help = move |_| {
        open.set(false);
        session.help.set(true);
    };
    let button = move || view! { <span class="avatar">{initial.clone()}</span> };
    view! {
        <Menu open label="Account" button class="btn btn-ghost btn-icon" end=true>
            <p class="menu-note truncate">{email.clone()}</p>
            <button type="button" class="menu-item" on:click=show_help>
                <Icon glyph=Glyph::Keyboard/>
                "Keyboard shortcuts"
            </button>
            <button type="button" class="menu-item" on:click=log_out>
                <Icon glyph=Glyph::LogOut/>
                "Log out"
            </button>
        </Menu>
    }
    .into_any()
}
