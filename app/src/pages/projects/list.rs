//! The list of projects.

use eventglass_model::Project;
use leptos::prelude::*;

use crate::{
    components::{Table, TimeStyle, TimeText},
    format::{compact, grouped},
};

/// The projects with how many events they hold.
#[component]
pub(super) fn ProjectTable(
    /// The projects.
    list: Vec<Project>,
) -> impl IntoView {
    let rows = list.into_iter().map(row).collect_view();
    view! {
        <div class="panel">
            <Table label="Projects" heads=&["Project", "Events", "Last event"]>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

fn row(project: Project) -> impl IntoView {
    let href = format!("/p/{}/events", project.slug);
    let exact = format!("{} events", grouped(project.event_count));
    view! {
        <tr>
            <td>
                <a class="row-link" href=href>
                    {project.name}
                </a>
                <span class="row-note">
                    {if project.description.is_empty() { project.slug } else { project.description }}
                </span>
            </td>
            <td class="num" title=exact>
                {compact(project.event_count)}
            </td>
            <td class="nowrap">
                {match project.last_event_at {
                    Some(time) => view! { <TimeText time style=TimeStyle::Ago/> }.into_any(),
                    None => view! { <span class="muted">"none yet"</span> }.into_any(),
                }}
            </td>
        </tr>
    }
}
