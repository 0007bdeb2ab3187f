//! What is shown once it has been fetched.

use leptos::prelude::*;

use crate::view::{IntoPart, Part, Shown};

/// Shows something else until what `content` reads has been fetched. When it
/// is fetched again, the old stays until the new is there; `pending` tells.
pub(crate) fn wait(meanwhile: Part, content: Shown, pending: RwSignal<bool>) -> Part {
    view! {
        <Transition fallback=move || meanwhile set_pending=pending>
            {content}
        </Transition>
    }
    .part()
}
