//! `/`.

use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::session::Session;

/// Goes to the projects, or to the login page.
#[component]
pub(crate) fn Home() -> impl IntoView {
    let me = Session::from_context().me;
    view! {
        <Suspense>
            {move || {
                me.get()
                    .map(|me| {
                        let path = if me.is_ok() { "/projects" } else { "/login" };
                        view! { <Redirect path=path/> }
                    })
            }}
        </Suspense>
    }
}
