//! `/projects`.

use eventglass_model::ProjectList;
use leptos::prelude::*;
use leptos_meta::Title;

use super::{create::CreateForm, list::project_table};
use crate::{
    api::{self, Fetched},
    components::{Button, Dialog, ErrorView, Glyph, SkeletonRows, page_head, wait},
    view::{IntoPart, Part, PartFn, el, make, show_some},
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
            Ok(list) => {
                let created = show_some(move || created.get().map(|created| created()));
                vec![head(Some(creating)), created.part(), project_table(list)].part()
            }
        })
    });
    let meanwhile = vec![head(None), view! { <SkeletonRows count=5/> }.part()].part();
    let form = make(move || view! { <CreateForm done/> }.part());
    view! {
        <Title text="Projects"/>
        {el("div", "page", vec![wait(meanwhile, body, RwSignal::new(false))])}
        <Dialog open=creating title="New project" id="new-project" body=form/>
    }
    .part()
}

fn head(creating: Option<RwSignal<bool>>) -> Part {
    let new = creating.map(|creating| {
        view! { <Button glyph=Glyph::Plus label="New project" on_press=move |()| creating.set(true)/> }.part()
    });
    page_head("Projects", new)
}

fn welcome(done: Callback<PartFn>) -> Part {
    let what = "A project holds the events of one product or team. You get a key to send them with.";
    let parts = vec![
        el("h2", "welcome-title", vec!["Create your first project".part()]),
        el("p", "note", vec![what.part()]),
        view! { <CreateForm done/> }.part(),
    ];
    vec![head(None), el("section", "panel welcome", parts)].part()
}
