//! Which project one is in, and the way to the others.

use eventglass_model::{Project, ProjectList};
use leptos::prelude::*;

use crate::{
    api::{self, Fetched},
    components::{Glyph, Icon, Menu, SkeletonLines, wait},
    session::Session,
    view::{IntoPart, Part, make, press, show_some, text},
};

/// How many projects the menu has room for; the rest are on the page of all.
const MENU_SIZE: usize = 20;

/// The name of the project, and below it the other projects.
#[component]
pub(crate) fn ProjectMenu() -> impl IntoView {
    let session = Session::from_context();
    let open = RwSignal::new(false);
    let name = move || match (session.project.read::<Project>(), session.slug.get()) {
        (Some(Ok(project)), Some(_)) => project.name,
        (_, Some(slug)) => slug,
        (_, None) => "Projects".to_owned(),
    };
    let button = make(move || {
        view! {
            <span class="project-name">{text(name)}</span>
            <Icon glyph=Glyph::ChevronDown/>
        }
        .part()
    });
    view! {
        <span class="topbar-slash" aria-hidden="true">
            "/"
        </span>
        <Menu id="projects-menu" open button body=make(move || other_projects(open))/>
    }
    .part()
}

/// Made, and fetched, when the menu unfolds.
fn other_projects(open: RwSignal<bool>) -> Part {
    let current = Session::from_context().slug.get_untracked();
    let projects = Fetched::one(|| api::PROJECTS.to_owned());
    let link = move |project: Project, here: bool| {
        view! {
            <a
                class="menu-item"
                href=format!("/p/{}/events", project.slug)
                aria-current=here.then_some("true")
                on:click=press(move |_| open.set(false))
            >
                <span class="truncate">{project.name}</span>
                {here.then(|| view! { <Icon glyph=Glyph::Check/> })}
            </a>
        }
        .part()
    };
    let links = show_some(move || {
        let items = projects.read::<ProjectList>()?.ok()?.items.into_iter();
        let links = items.take(MENU_SIZE).map(|project| {
            let here = current.as_ref() == Some(&project.slug);
            link(project, here)
        });
        Some(links.collect_view().part())
    });
    let meanwhile = view! { <SkeletonLines count=3/> }.part();
    view! {
        {wait(meanwhile, links, RwSignal::new(false))}
        <a class="menu-item menu-last" href="/projects" on:click=press(move |_| open.set(false))>
            "All projects"
        </a>
    }
    .part()
}
