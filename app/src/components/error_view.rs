//! What stands where something could not be fetched.

use leptos::prelude::*;

use super::{Button, ButtonKind, EmptyState, Glyph};
use crate::{api::ApiError, login, status};

/// Says what went wrong and what can be done. Whoever is not logged in is
/// sent to the login page, and comes back from there.
#[component]
pub(crate) fn ErrorView(
    /// What went wrong.
    error: ApiError,
    /// Tries again.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    if error.is_unauthenticated() {
        return login::send_there().into_any();
    }
    status::set(error.status().unwrap_or(503));
    match error.status() {
        Some(403) => view! {
            <EmptyState glyph=Glyph::Lock title="This project is not yours to see">
                <p>"Ask one of its members to let you in, or look at your own projects."</p>
                <a class=ButtonKind::Plain.class() href="/projects">
                    "Your projects"
                </a>
            </EmptyState>
        }
        .into_any(),
        Some(404) => view! {
            <EmptyState glyph=Glyph::Search title="There is nothing here">
                <p>"The link may be old, or what it names was deleted."</p>
                <a class=ButtonKind::Plain.class() href="/projects">
                    "Your projects"
                </a>
            </EmptyState>
        }
        .into_any(),
        _ => view! {
            <EmptyState glyph=Glyph::Alert title="That did not work">
                <p>{error.message()}</p>
                {retry
                    .map(|retry| {
                        view! { <Button on:click=move |_| retry.run(())>"Try again"</Button> }
                    })}
            </EmptyState>
        }
        .into_any(),
    }
}
