//! The list of projects.

use eventglass_model::{Project, ProjectList};
use leptos::prelude::*;

use crate::{
    components::{Table, TimeStyle, TimeText},
    format::{compact, grouped},
    view::{IntoPart, Part},
};

/// The projects with how many events they hold.
pub(super) fn project_table(list: ProjectList) -> Part {
    let rows = list.items.into_iter().map(row).collect();
    let more = list
        .next_cursor
        .map(|_| view! { <p class="note">"There are more than are shown here."</p> });
    view! {
        <div class="panel">
            <Table label="Projects" heads=&["Project", "Events", "Last event"] rows/>
        </div>
        {more}
    }
    .part()
}

fn row(project: Project) -> Part {
    let href = format!("/p/{}/events", project.slug);
    let exact = format!("{} events", grouped(project.event_count));
    let note = if project.description.is_empty() {
        project.slug
    } else {
        project.description
    };
    let last = match project.last_event_at {
        Some(time) => view! { <TimeText time style=TimeStyle::Ago/> }.part(),
        None => view! { <span class="muted">"none yet"</span> }.part(),
    };
    view! {
        <tr>
            <td>
                <a class="row-link" href=href>
                    {project.name}
                </a>
                <span class="row-note">{note}</span>
            </td>
            <td title=exact>{compact(project.event_count)}</td>
            <td class="nowrap">{last}</td>
        </tr>
    }
    .part()
}
