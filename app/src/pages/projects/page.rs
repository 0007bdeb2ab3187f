//! `/projects`.

use eventglass_model::ProjectList;
use leptos::prelude::*;
use leptos_meta::Title;

use super::{create::CreateForm, list::project_table};
use crate::{
    api::{self, Fetched},
    components::{Button, Dialog, ErrorView, Glyph, SkeletonRows, wait},
    view::{IntoPart, Part, PartFn, make, show_some},
};

/// The projects one is a member of, and the way to a new one.
#[component]
pub(crate) fn ProjectsPage() -> impl IntoView {
    let projects = Fetched::one(|| format!("{}?limit=200", api::PROJECTS));
    let creating = RwSignal::new(false);
    // The project that was just created, with its key.
    let created = RwSignal::new(None::<PartFn>);
    let done = Callback::new(move |project| {
        creating.set(false);
        created.set(Some(project));
        projects.refetch();
    });
    let retry = Callback::new(move |()| projects.refetch());
    let body = show_some(move || {
        Some(match projects.read::<ProjectList>()? {
            Err(error) => view! { <ErrorView error retry/> }.part(),
            Ok(list) if list.items.is_empty() => welcome(done),
            Ok(list) => view! {
                {head(Some(creating))}
                {show_some(move || created.get().map(|created| created()))}
                {project_table(list)}
            }
            .part(),
        })
    });
    let meanwhile = view! {
        {head(None)}
        <SkeletonRows count=5/>
    }
    .part();
    let form = make(move || view! { <CreateForm done/> }.part());
    view! {
        <Title text="Projects"/>
        <div class="page">{wait(meanwhile, body, RwSignal::new(false))}</div>
        <Dialog open=creating title="New project" id="new-project" body=form/>
    }
    .part()
}

fn head(creating: Option<RwSignal<bool>>) -> Part {
    let new = creating.map(|creating| {
        view! { <Button glyph=Glyph::Plus label="New project" on_press=move |()| creating.set(true)/> }
    });
    view! {
        <header class="page-head">
            <h1 class="page-title">"Projects"</h1>
            {new}
        </header>
    }
    .part()
}

fn welcome(done: Callback<PartFn>) -> Part {
    view! {
        {head(None)}
        <section class="panel welcome">
            <h2 class="welcome-title">"Create your first project"</h2>
            <p class="note">"A project holds the events of one product or team. You get a key to send them with."</p>
            <CreateForm done/>
        </section>
    }
    .part()
}
