//! Which project one is in, and the way to the others.

use eventglass_model::{Project, ProjectList};
use leptos::prelude::*;

use crate::{
    api::{self, Fetched},
    components::{Glyph, Icon, Menu, SkeletonLines, wait},
    session::Session,
    view::{IntoPart, Part, el, make, show_some, tag, text},
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
        vec![
            el("span", "project-name", vec![text(name).part()]),
            view! { <Icon glyph=Glyph::ChevronDown/> }.part(),
        ]
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
        let mut link = tag("a")
            .class("menu-item")
            .attr("href", format!("/p/{}/overview", project.slug))
            .press(move |_| open.set(false))
            .child(el("span", "truncate", vec![project.name.part()]));
        if here {
            let check = view! { <Icon glyph=Glyph::Check/> }.part();
            link = link.attr("aria-current", "true").child(check);
        }
        link.part()
    };
    let links = show_some(move || {
        let items = projects.read::<ProjectList>()?.ok()?.items.into_iter();
        let mut links = Vec::new();
        for project in items.take(MENU_SIZE) {
            let here = current.as_ref() == Some(&project.slug);
            links.push(link(project, here));
        }
        Some(links.part())
    });
    let meanwhile = view! { <SkeletonLines count=3/> }.part();
    let all = tag("a")
        .class("menu-item menu-last")
        .attr("href", "/projects")
        .press(move |_| open.set(false))
        .child("All projects".part());
    vec![wait(meanwhile, links, RwSignal::new(false)), all.part()].part()
}
