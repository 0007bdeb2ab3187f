//! `/projects`.

use eventglass_model::CreatedProject;
use leptos::prelude::*;
use leptos_meta::Title;

use super::{create::CreateForm, created::Created, list::ProjectTable};
use crate::{
    api,
    components::{Button, Dialog, ErrorView, Glyph, Icon, SkeletonRows},
};

/// The projects one is a member of, and the way to a new one.
#[component]
pub(crate) fn ProjectsPage() -> impl IntoView {
    let projects = Resource::new(|| (), |()| api::projects());
    let creating = RwSignal::new(false);
    let created = RwSignal::new(None::<CreatedProject>);
    let done = Callback::new(move |project| {
        creating.set(false);
        created.set(Some(project));
        projects.refetch();
    });
    let retry = Callback::new(move |()| projects.refetch());
    let body = move || {
        projects.get().map(|answer| match answer {
            Err(error) => view! { <ErrorView error retry/> }.into_any(),
            Ok(list) if list.is_empty() => view! {
                <section class="panel welcome">
                    <h2 class="welcome-title">"Create your first project"</h2>
                    <p class="note">
                        "A project holds the events of one product or team. You get a key to send them with."
                    </p>
                    <CreateForm done/>
                </section>
            }
            .into_any(),
            Ok(list) => view! { <ProjectTable list/> }.into_any(),
        })
    };
    view! {
        <Title text="Projects"/>
        <div class="page">
            <header class="page-head">
                <h1 class="page-title">"Projects"</h1>
                <Button on:click=move |_| creating.set(true)>
                    <Icon glyph=Glyph::Plus/>
                    "New project"
                </Button>
            </header>
            {move || created.get().map(|created| view! { <Created created/> })}
            <Transition fallback=|| {
                view! { <SkeletonRows count=5/> }
            }>{body}</Transition>
        </div>
        <Dialog open=creating title="New project" id="new-project-title">
            <CreateForm done/>
        </Dialog>
    }
    .into_any()
}
