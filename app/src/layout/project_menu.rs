//! Which project one is in, and the way to the others.

use leptos::prelude::*;

use crate::{
    api,
    components::{Glyph, Icon, Menu, SkeletonLines},
    session::Session,
};

/// How many projects the menu has room for; the rest are on the page of all.
const MENU_SIZE: usize = 20;

/// The name of the project, and below it the other projects.
#[component]
pub(crate) fn ProjectMenu() -> impl IntoView {
    let session = Session::from_context();
    let open = RwSignal::new(false);
    let name = move || {
        let project = session.project.get().flatten();
        match (project, session.slug.get()) {
            (Some(Ok(project)), Some(_)) => project.name,
            (_, Some(slug)) => slug,
            (_, None) => "Projects".to_owned(),
        }
    };
    let button = move || {
        view! {
            <span class="project-name">{name}</span>
            <Icon glyph=Glyph::ChevronDown/>
        }
    };
    view! {
        <span class="topbar-slash" aria-hidden="true">
            "/"
        </span>
        <Menu open button>
            <OtherProjects open/>
        </Menu>
    }
    .into_any()
}

/// Made, and fetched, when the menu unfolds.
#[component]
fn OtherProjects(open: RwSignal<bool>) -> impl IntoView {
    let session = Session::from_context();
    let projects = LocalResource::new(api::projects_first_page);
    let links = move || {
        let current = session.slug.get();
        projects.get().map(|page| {
            let items = page.map(|page| page.items).unwrap_or_default();
            items
                .into_iter()
                .take(MENU_SIZE)
                .map(|project| {
                    let here = (current.as_ref() == Some(&project.slug)).then_some("true");
                    view! {
                        <a
                            class="menu-item"
                            href=format!("/p/{}/events", project.slug)
                            aria-current=here
                            on:click=move |_| open.set(false)
                        >
                            <span class="truncate">{project.name}</span>
                            {here.map(|_| view! { <Icon glyph=Glyph::Check/> })}
                        </a>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <Transition fallback=|| view! { <SkeletonLines count=3/> }>{links}</Transition>
        <a class="menu-item menu-last" href="/projects" on:click=move |_| open.set(false)>
            "All projects"
        </a>
    }
}
