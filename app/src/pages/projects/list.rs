//! The list of projects.

use eventglass_model::{Project, ProjectList};
use leptos::prelude::*;

use crate::{
    components::{Table, TimeStyle, TimeText},
    format::{compact, grouped},
    view::{IntoPart, Part, el, tag, titled},
};

/// The projects with how many events they hold.
pub(super) fn project_table(list: ProjectList) -> Part {
    let rows = list.items.into_iter().map(row).collect();
    let table = view! { <Table label="Projects" heads=&["Project", "Events", "Last event"] rows/> }.part();
    let mut parts = vec![el("div", "panel", vec![table])];
    if list.next_cursor.is_some() {
        parts.push(el("p", "note", vec!["There are more than are shown here.".part()]));
    }
    parts.part()
}

fn row(project: Project) -> Part {
    let href = format!("/p/{}/overview", project.slug);
    let exact = format!("{} events", grouped(project.event_count));
    let note = if project.description.is_empty() {
        project.slug
    } else {
        project.description
    };
    let last = match project.last_event_at {
        Some(time) => view! { <TimeText time style=TimeStyle::Ago/> }.part(),
        None => el("span", "muted", vec!["none yet".part()]),
    };
    let link = tag("a").class("row-link").attr("href", href).child(project.name.part());
    let cells = vec![
        el("td", "", vec![link.part(), el("span", "row-note", vec![note.part()])]),
        titled("td", "", exact, vec![compact(project.event_count).part()]),
        el("td", "nowrap", vec![last]),
    ];
    el("tr", "", cells)
}
