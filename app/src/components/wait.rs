//! What is shown once it has been fetched.

use leptos::prelude::*;

use crate::view::{IntoPart, Part, Shown};

/// Shows something else until what `content` reads has been fetched. When it
/// is fetched again, the old stays until the new is there; `pending` tells.
#[cfg(not(feature = "ssr"))]
pub(crate) fn wait(meanwhile: Part, content: Shown, pending: RwSignal<bool>) -> Part {
    view! {
        <Transition fallback=move || meanwhile set_pending=pending>
            {content}
        </Transition>
    }
    .part()
}

/// The same where the server draws. It never fetches again, and telling of it
/// would be an effect on some other thread that may outlive the page.
#[cfg(feature = "ssr")]
pub(crate) fn wait(meanwhile: Part, content: Shown, _pending: RwSignal<bool>) -> Part {
    view! { <Transition fallback=move || meanwhile>{content}</Transition> }.part()
}
