//! A project that was just created.

use eventglass_model::CreatedProject;
use leptos::prelude::*;

use crate::{
    components::{ButtonKind, Panel},
    pages::send_events::{KeyOnce, SendEvents},
    view::{IntoPart, el, tag},
};

/// Shows the key, once, and what to do with it.
#[component]
pub(super) fn Created(
    /// The project and its key.
    created: CreatedProject,
) -> impl IntoView {
    let CreatedProject { project, api_key } = created;
    let href = format!("/p/{}/events", project.slug);
    let key = vec![
        el("h3", "small-title", vec!["API key".part()]),
        view! { <KeyOnce key=api_key.clone()/> }.part(),
    ];
    let watch = tag("a").class(ButtonKind::Primary.class()).attr("href", href);
    let parts = vec![
        el("div", "", key),
        view! { <SendEvents key=api_key slug=project.slug/> }.part(),
        el("p", "", vec![watch.child("Watch the events arrive".part()).part()]),
    ];
    let body = el("div", "panel-body stack", parts);
    view! { <Panel title=format!("{} is ready", project.name) body/> }
}
