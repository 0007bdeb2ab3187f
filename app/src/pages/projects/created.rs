//! A project that was just created.

use eventglass_model::CreatedProject;
use leptos::prelude::*;

use crate::{
    components::{ButtonKind, Panel},
    pages::send_events::{KeyOnce, SendEvents},
    view::IntoPart,
};

/// Shows the key, once, and what to do with it.
#[component]
pub(super) fn Created(
    /// The project and its key.
    created: CreatedProject,
) -> impl IntoView {
    let CreatedProject { project, api_key } = created;
    let href = format!("/p/{}/events", project.slug);
    let body = view! {
        <div class="panel-body stack">
            <div>
                <h3 class="small-title">"API key"</h3>
                <KeyOnce key=api_key.clone()/>
            </div>
            <SendEvents key=api_key slug=project.slug/>
            <p>
                <a class=ButtonKind::Primary.class() href=href>
                    "Watch the events arrive"
                </a>
            </p>
        </div>
    }
    .part();
    view! { <Panel title=format!("{} is ready", project.name) body/> }
}
